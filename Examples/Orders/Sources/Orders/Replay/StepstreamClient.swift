package import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix

/// The two calls of Stepstream's HTTP API that a replay needs, with their retries.
package struct StepstreamClient: Sendable {
    private let http: HTTPClient
    private let base: String
    /// How long a call is repeated while Stepstream cannot be reached or refuses for now.
    private let patience: Duration

    package init(http: HTTPClient, base: String, patience: Duration) {
        self.http = http
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.patience = patience
    }

    /// What a submission led to.
    enum Submitted {
        case operation(id: String)
        /// For good: no operation was made.
        case refused(reason: String)
    }

    /// What a look at an operation showed.
    enum Seen {
        case operation(OperationView)
        /// There is none of this ID.
        case unknown
    }

    /// Submits an order as a `place-order` operation, under the same idempotency key however often it is called.
    func submit(_ order: Order) async throws -> Submitted {
        let body = try JSONEncoder.answers.text(
            Submission(type: "place-order", input: order, metadata: ["orderId": String(order.orderId)])
        )
        return try await patiently { deadline in
            var request = HTTPClientRequest(url: "\(base)/v1/operations")
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.headers.add(name: "idempotency-key", value: "\"order-\(order.orderId)\"")
            request.body = .bytes(ByteBuffer(string: body))
            let (response, data) = try await exchange(request)
            // A sync step that failed answers its own problem, and still has a record.
            if let id = response.headers.first(name: "operation-id") { return .operation(id: id) }
            switch response.status.code {
            case 200...299:
                return .operation(id: try JSONDecoder().decode(OperationView.self, from: data).id)
            case 408, 409, 425, 429, 500...599:
                try await pause(response, until: deadline, what: "submission of order \(order.orderId)", data: data)
                return nil
            default:
                return .refused(reason: reason(response, data))
            }
        }
    }

    /// Waits until the operation has ended.
    func end(of id: String) async throws -> Seen {
        var tag: String?
        var misses = 0
        while true {
            let (seen, newTag) = try await look(id, unless: tag)
            tag = newTag
            switch seen {
            case .operation(let view)? where view.hasEnded: return .operation(view)
            case .unknown? where misses == 5: return .unknown
            case .unknown?:
                // A submission that is just being accepted may already be named, and not yet there.
                misses += 1
                try await Task.sleep(for: .milliseconds(100))
            case .operation?, nil: continue
            }
        }
    }

    /// One long poll. Nil means nothing new.
    private func look(_ id: String, unless tag: String?) async throws -> (Seen?, tag: String?) {
        try await patiently { deadline in
            var request = HTTPClientRequest(url: "\(base)/v1/operations/\(id)?wait=20s")
            if let tag { request.headers.add(name: "if-none-match", value: tag) }
            let (response, data) = try await exchange(request)
            switch response.status.code {
            case 200:
                return (.operation(try JSONDecoder().decode(OperationView.self, from: data)), response.headers.first(name: "etag"))
            case 304:
                return (nil, tag)
            case 404:
                return (.unknown, nil)
            case 408, 425, 429, 500...599:
                try await pause(response, until: deadline, what: "operation \(id)", data: data)
                return nil
            default:
                throw OrdersFailure("GET /v1/operations/\(id) was answered with \(response.status.code): \(reason(response, data))")
            }
        }
    }

    /// Repeats the call while it returns nil or the connection fails, for as long as there is patience.
    private func patiently<Result>(_ call: (ContinuousClock.Instant) async throws -> Result?) async throws -> Result {
        let deadline = ContinuousClock.now + patience
        var delay = Duration.milliseconds(100)
        while true {
            do {
                if let result = try await call(deadline) { return result }
            } catch let error as HTTPClientError where error != .cancelled {
                try give(up: error, after: deadline)
            } catch let error as any ConnectionFailure {
                try give(up: error, after: deadline)
            }
            try await Task.sleep(for: delay)
            delay = min(delay * 2, .seconds(2))
        }
    }

    private func give(up error: any Error, after deadline: ContinuousClock.Instant) throws {
        guard ContinuousClock.now < deadline else {
            throw OrdersFailure("Stepstream at \(base) cannot be reached for \(patience): \(error). Is it running?")
        }
    }

    private func exchange(_ request: HTTPClientRequest) async throws -> (HTTPClientResponse, Data) {
        let response = try await http.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 4 << 20)
        return (response, Data(body.readableBytesView))
    }

    private func pause(_ response: HTTPClientResponse, until deadline: ContinuousClock.Instant, what: String, data: Data) async throws {
        guard ContinuousClock.now < deadline else {
            throw OrdersFailure("Stepstream answers \(response.status.code) to the \(what) for \(patience): \(reason(response, data))")
        }
        guard let seconds = response.headers.first(name: "retry-after").flatMap(Int.init), seconds > 0 else { return }
        try await Task.sleep(for: .seconds(min(seconds, 5)))
    }

    private func reason(_ response: HTTPClientResponse, _ data: Data) -> String {
        guard let failure = try? JSONDecoder().decode(OperationView.Failure.self, from: data) else { return "HTTP \(response.status.code)" }
        return failure.reason + (failure.detail.map { ": \($0)" } ?? "")
    }

    private struct Submission: Encodable {
        var type: String
        var input: Order
        var metadata: [String: String]
    }
}

/// Errors of a connection that is refused, cut or not there yet.
protocol ConnectionFailure: Error {}
extension IOError: ConnectionFailure {}
extension ChannelError: ConnectionFailure {}
extension NIOConnectionError: ConnectionFailure {}
