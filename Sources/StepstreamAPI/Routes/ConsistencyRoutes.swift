import HTTPTypes
import Hummingbird
import Stepstream

/// `/v1/resources/{key}` and `/v1/consistency/{token}`: whether what was written can be read.
struct ConsistencyRoutes: Sendable {
    private let configuration: ServerConfiguration
    private let store: StoreRoles
    private let watcher: OperationWatcher

    init(_ parts: APIParts) {
        configuration = parts.configuration
        store = parts.store
        watcher = parts.watcher
    }

    private static let resources = "/v1/resources/"
    /// How many pending operations are shown.
    private static let most = 100

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: Self.resources + "**") { request, context in try await resource(request, in: context) }
        endpoints.on(.get, at: "/v1/consistency/{token}") { request, context in try await consistency(request, in: context) }
    }

    // MARK: Resources

    private func resource(_ request: Request, in context: APIContext) async throws -> Response {
        let deadline = try deadline(of: request)
        let key = try key(of: request)
        let tenant = Caller(of: request).tenant
        var state = try await store.operations.resource(key, of: tenant)
        while let deadline, ContinuousClock.now < deadline, let first = state.pending.first {
            guard let operation = try await store.operations.read(first.operation, withEvents: false) else { break }
            let isOver = try await !ended(operation, until: deadline, in: context)
            state = try await store.operations.resource(key, of: tenant)
            if isOver { break }
        }
        return .json(document(of: key, state: state))
    }

    /// The key behind the path's beginning; slashes in it may be written as they are.
    private func key(of request: Request) throws(RequestProblem) -> String {
        guard let key = ResourceKey.decoded(request.uri.path.dropFirst(Self.resources.count)) else {
            throw RequestProblem(.malformed, "The key is not percent-encoded as RFC 3986 has it.")
        }
        if let fault = ResourceKey.fault(of: key) { throw RequestProblem(.unprocessable, faults: [.init(pointer: "key", detail: fault)]) }
        return key
    }

    private func document(of key: String, state: ResourceState) -> JSONText {
        let pending = state.pending.prefix(Self.most).map { pending in
            JSONText.Fragment.raw(
                .object([
                    "operation": .string(pending.operation.text), "type": .string(pending.type.text),
                    "since": .string(Timestamp.text(pending.since)),
                ])
            )
        }
        let ended = state.lastEnded.map { ended in
            JSONText.object([
                "operation": .string(ended.operation.text), "type": .string(ended.type.text), "status": .string(ended.status.rawValue),
                "version": .integer(Int64(ended.version)), "at": .string(Timestamp.text(ended.time)),
            ])
        }
        return .object([
            "resource": .string(key), "consistent": .bool(state.pending.isEmpty), "pendingCount": .integer(Int64(state.pending.count)),
            "pending": .raw(.array(pending)), "lastEnded": ended.map { .raw($0) } ?? .null,
        ])
    }

    // MARK: Tokens

    private func consistency(_ request: Request, in context: APIContext) async throws -> Response {
        let deadline = try deadline(of: request)
        guard let token = context.parameters.get("token").flatMap({ ConsistencyToken($0) }) else {
            throw RequestProblem(.malformed, "This is no token that a submission was answered with.")
        }
        var operations: [Operation] = []
        for id in token.operations {
            var operation = try await store.operations.operation(id.text, of: Caller(of: request))
            if let deadline, !operation.status.isEnded, try await ended(operation, until: deadline, in: context) {
                operation = try await store.operations.operation(id.text, of: Caller(of: request))
            }
            operations.append(operation)
        }
        let isConsistent = operations.allSatisfy(\.status.isEnded)
        let writes = operations.map { operation in
            JSONText.Fragment.raw(
                .object([
                    "operation": .string(operation.id.text), "status": .string(operation.status.rawValue),
                    "version": .integer(Int64(operation.version)),
                ])
            )
        }
        let status = operations.first { !$0.status.isEnded } ?? operations.last
        return .json(
            .object([
                "consistent": .bool(isConsistent), "status": status.map { .string($0.status.rawValue) } ?? .null,
                "operations": .raw(.array(writes)),
            ])
        )
    }

    // MARK: Waiting

    private func deadline(of request: Request) throws(RequestProblem) -> ContinuousClock.Instant? {
        let parameters = try QueryParameters(request, known: ["wait"])
        return try parameters.seconds("wait").map { .now + min($0, configuration.longPoll) }
    }

    /// Whether the operation has ended, or is gone, before `deadline`.
    private func ended(_ operation: Operation, until deadline: ContinuousClock.Instant, in context: APIContext) async throws -> Bool {
        guard !operation.status.isEnded else { return true }
        let gone = await context.clientGone()
        switch await watcher.wait(for: operation, until: deadline, clientGone: gone, isWanted: { $0.status.isEnded }) {
        case .wanted, .gone: return true
        case .over: return false
        }
    }
}
