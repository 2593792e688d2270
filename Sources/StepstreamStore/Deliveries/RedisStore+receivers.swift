import RedisClient
import Stepstream

extension RedisStore {
    /// What is to be said of the configured receivers of webhooks: those that want nothing more, and those that fail.
    func receiverFindings() async throws(StoreError) -> [StoreHealth.Finding] {
        let receivers = configuration.receivers.sorted { $0.key < $1.key }
        guard !receivers.isEmpty else { return [] }
        let commands = receivers.flatMap { receiver in
            keys.all.map { RedisCommand("HMGET", $0.receiverState(receiver.key), "gone", "failures") }
        }
        let replies = try await send(commands, doing: "reading the state of receivers")
        var findings: [StoreHealth.Finding] = []
        for (index, receiver) in receivers.enumerated() {
            let states = (0..<keys.partitions).map { replies[index * keys.partitions + $0] }
            let failures = states.compactMap { $0[1].string.flatMap { Int($0) } }.max() ?? 0
            if states.contains(where: { $0[0].string == receiver.value }) {
                findings.append(.gone(receiver.key))
            } else if failures >= Self.probedFrom {
                findings.append(.failing(receiver.key, failures: failures))
            }
        }
        return findings
    }
}

extension StoreHealth.Finding {
    fileprivate static func gone(_ receiver: String) -> StoreHealth.Finding {
        let words =
            "The receiver \(receiver) answered 410 and is told nothing more. When it wants to be, change its URL in the file of webhooks.endpoints, or replay a delivery to it."
        return .init(.webhooks, .warning, words)
    }

    fileprivate static func failing(_ receiver: String, failures: Int) -> StoreHealth.Finding {
        let words =
            "The receiver \(receiver) failed \(failures) times in a row. One delivery at a time is tried until it answers well; `stepstream deliveries ID` shows each try."
        return .init(.webhooks, .warning, words)
    }
}
