import Hummingbird
import Stepstream

/// `/healthz` and `/readyz`.
struct HealthRoutes: Sendable {
    private let health: SharedHealth
    private let gate: StoreGate

    init(_ parts: APIParts) {
        health = parts.health
        gate = parts.gate
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.onConnection(.get, at: "/healthz") { _, _ in Response.json(.object(["status": .string("alive")])) }
        endpoints.on(.get, at: "/readyz") { _, _ in await readiness() }
    }

    private func readiness() async -> Response {
        var health = await health.current()
        if gate.isAway {
            let words = "Requests are refused until the store answers again; it is tried four times a second."
            health.findings.append(.init(.requests, .failure, words))
        }
        let findings = health.findings.map { finding in
            JSONText.Fragment.raw(
                .object([
                    "subject": .string(finding.subject.rawValue), "severity": .string(finding.severity.rawValue),
                    "words": .string(finding.words),
                ])
            )
        }
        let queues = health.queues.map { queue in
            JSONText.Fragment.raw(
                .object([
                    "queue": .string(queue.queue.text), "length": .integer(Int64(queue.length)), "pending": .integer(Int64(queue.pending)),
                    "paused": .bool(queue.isPaused),
                    "oldestWaitingMilliseconds": queue.oldestWaiting.map { .integer($0.count) } ?? .null,
                    "unmovedMilliseconds": queue.unmoved.map { .integer($0.count) } ?? .null,
                ])
            )
        }
        let json = JSONText.object(["ready": .bool(health.isReady), "findings": .raw(.array(findings)), "queues": .raw(.array(queues))])
        var response = Response.json(json, status: health.isReady ? .ok : .serviceUnavailable)
        if !health.isReady { response.headers[.retryAfter] = "1" }
        return response
    }
}
