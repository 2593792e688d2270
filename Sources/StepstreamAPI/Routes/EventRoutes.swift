import HTTPTypes
package import Hummingbird
import NIOCore
import Stepstream

/// `/v1/operations/{id}/events` and `/v1/events`: histories as Server-Sent Events, and on `/v1/events` on a WebSocket too.
package struct EventRoutes: Sendable {
    private let configuration: ServerConfiguration
    private let store: StoreRoles
    private let reads: CoalescedReads
    private let documents: Documents
    private let limits: WatcherLimits

    package init(_ parts: APIParts) {
        configuration = parts.configuration
        store = parts.store
        reads = parts.reads
        documents = parts.documents
        limits = parts.limits
    }

    /// How many operations one connection may watch.
    private static let most = 100

    package func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: "/v1/operations/{id}/events", produces: .events) { request, context in try await follow(request, in: context)
        }
        endpoints.on(.get, at: "/v1/events", produces: .events) { request, context in
            if WebSocketHandshake.isWanted(by: request.headers) { return try webSocket(request, in: context) }
            let parameters = try QueryParameters(request, known: ["operation", "last-event-id"], repeatable: ["operation"])
            let operations = try await operations(parameters.texts("operation"), as: Caller(of: request))
            return try await answer(operations, parameter: parameters.text("last-event-id"), for: request, in: context)
        }
    }

    /// The events of the operation that the path names.
    package func follow(_ request: Request, in context: APIContext) async throws -> Response {
        let parameters = try QueryParameters(request, known: ["last-event-id"])
        let operation = try await store.operations.operation(context.parameters.get("id"), of: Caller(of: request))
        return try await answer([operation], parameter: parameters.text("last-event-id"), for: request, in: context)
    }

    private func operations(_ ids: [String], as caller: Caller) async throws -> [Operation] {
        guard (1...Self.most).contains(ids.count), Set(ids).count == ids.count else {
            let words = "1 to \(Self.most) different IDs are expected: ?operation=a&operation=b."
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "operation", detail: words)])
        }
        var operations: [Operation] = []
        for id in ids { operations.append(try await store.operations.operation(id, of: caller)) }
        return operations
    }

    private func answer(
        _ operations: [Operation],
        parameter: String?,
        for request: Request,
        in context: APIContext
    ) async throws -> Response {
        // The header wins: a browser sets it when it connects again, to the URL it had.
        let told = try positions(parameter, of: operations.count)
        let known = try request.headers[.lastEventID].map { try positions($0, of: operations.count) } ?? told
        let isTold = zip(operations, known).allSatisfy { $0.status.isEnded && $1 == $0.version }
        // Tells an EventSource not to come again.
        if isTold { return Response(status: .noContent, headers: [.cacheControl: "no-store"]) }
        let place = try place(of: request, in: context)
        let stream = EventStream(
            store: store,
            teller: HistoryReader(reads: reads, logger: context.log),
            documents: documents,
            request: request,
            keepAlive: configuration.keepAlive,
            life: life
        )
        let ids = operations.map(\.id)
        let gone = await context.clientGone()
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no"],
            body: ResponseBody { [place] writer in
                defer { withExtendedLifetime(place) {} }
                try await stream.write(ids, after: known, clientGone: gone, to: &writer)
                try await writer.finish(nil)
            }
        )
    }

    private func place(of request: Request, in context: APIContext) throws(RequestProblem) -> WatcherLimits.Place {
        try limits.take(for: Caller(of: request).tenant, from: context.channel.remoteAddress?.ipAddress ?? "local")
    }

    /// Up to a tenth shorter, so that those who came together do not all come again together.
    private var life: Duration { configuration.watchLife * Double.random(in: 0.9...1) }

    private func webSocket(_ request: Request, in context: APIContext) throws -> Response {
        guard request.method == .get else { throw RequestProblem(.malformed, "A WebSocket is opened with GET.") }
        let handshake = try WebSocketHandshake(request.headers)
        try OriginRule(configuration.origins, publicURL: configuration.publicURL).check(request.headers, authority: request.head.authority)
        _ = try QueryParameters(request, known: [])
        let place = try place(of: request, in: context)
        let session = WebSocketSession(
            store: store,
            teller: HistoryReader(reads: reads, logger: context.log),
            documents: documents,
            request: request,
            requestID: context.requestID,
            life: life,
            logger: context.log
        )
        let timing = WebSocketLimits(
            ping: TimeAmount(configuration.ping),
            stall: TimeAmount(configuration.writeStall)
        )
        return Response(
            status: .switchingProtocols,
            headers: handshake.answer,
            body: ResponseBody { [place, channel = context.channel] writer in
                defer { withExtendedLifetime(place) {} }
                await session.run(on: try await WebSocketConnection.take(over: channel, limits: timing))
                try await writer.finish(nil)
            }
        )
    }

    /// The numbers of the last events a client knows, in the order of the operations.
    private func positions(_ text: String?, of count: Int) throws(RequestProblem) -> [Int?] {
        guard let text, !text.isEmpty else { return Array(repeating: nil, count: count) }
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil
        }
        guard numbers.count == count, !numbers.contains(nil) else {
            let words = "The id of the last event is expected: \(count == 1 ? "a number" : "\(count) numbers with commas between them")."
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "Last-Event-ID", detail: words)])
        }
        return numbers
    }
}
