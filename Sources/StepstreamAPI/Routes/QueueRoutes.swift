import Hummingbird
import Stepstream

/// `/v1/queues`: how far each queue is behind, who reads it, and whether anything is taken from it.
struct QueueRoutes: Sendable {
    private let actions: QueueActions
    private let bodies: BodyReader

    init(_ parts: APIParts) {
        actions = parts.queues
        bodies = parts.bodies
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: "/v1/queues") { _, _ in
            let queues = try await actions.states().map { JSONText.Fragment.raw($0.json) }
            return .json(.object(["queues": .raw(.array(queues))]))
        }
        endpoints.on(.get, at: "/v1/queues/{queue}") { _, context in
            .json(try await actions.state(context.parameters.get("queue")).json)
        }
        for (name, isPaused) in [("pause", true), ("resume", false)] {
            endpoints.on(.post, at: "/v1/queues/{queue}:\(name)") { request, context in
                try await checkEmpty(request)
                return .json(try await actions.pause(context.parameters.get("queue"), isPaused: isPaused).json)
            }
        }
    }

    private func checkEmpty(_ request: Request) async throws {
        let bytes = try await bodies.bytes(of: request, upTo: 1024)
        guard bytes.readableBytes > 0 else { return }
        _ = try bodies.kind(of: request, among: .json)
        let node = try bodies.parse(bytes)
        guard node.kind == .object, node.members.isEmpty else {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "", detail: "An empty object or no body is expected.")])
        }
    }
}

extension StoreHealth.QueueState {
    fileprivate var json: JSONText {
        let workers = consumers.map { consumer in
            JSONText.Fragment.raw(
                .object([
                    "name": .string(consumer.name), "holds": .integer(Int64(consumer.holds)),
                    "idleMilliseconds": .integer(consumer.idle.count),
                ])
            )
        }
        return .object([
            "queue": .string(queue.text), "paused": .bool(isPaused), "waiting": .integer(Int64(max(0, length - pending))),
            "inFlight": .integer(Int64(pending)), "oldestWaitingMilliseconds": oldestWaiting.map { .integer($0.count) } ?? .null,
            "unmovedMilliseconds": unmoved.map { .integer($0.count) } ?? .null, "workers": .raw(.array(workers)),
        ])
    }
}
