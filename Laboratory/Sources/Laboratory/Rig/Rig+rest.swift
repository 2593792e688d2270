/// How a run comes to rest.
extension Rig {
    /// Waits until every accepted operation has ended, or two leases and 30 s have passed.
    func rest() async throws {
        proxy?.weather.change(to: .init())
        await faults.append("rest begins")
        let deadline = ContinuousClock.now + .milliseconds(2 * plan.lease + 30_000)
        while ContinuousClock.now < deadline, !tally.open.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
        await faults.append("rest \(tally.open.count)")
    }

    /// Writes down what Redis holds when everything has come to rest.
    func writeResidue() async throws {
        guard plan.redis == nil else { return }
        let journal = try Journal(folder + "/residue.log")
        let queue = "stepstream:{0}:queue:default"
        var found: [(String, Int)] = []
        try redis.ask { probe in
            found.append(("stream-entries", try probe.send("XLEN", queue).integer ?? 0))
            if case .list(let summary) = try probe.send("XPENDING", queue, "workers") { found.append(("pending", summary.first?.integer ?? 0)) }
            found.append(("timers", try probe.send("ZCARD", "stepstream:{0}:timers").integer ?? 0))
            found.append(("live", try probe.send("ZCARD", "stepstream:{0}:live").integer ?? 0))
            if case .list(let consumers) = try probe.send("XINFO", "CONSUMERS", queue, "workers") { found.append(("consumers", consumers.count)) }
        }
        found.append(("leases", try leasesOfEnded()))
        for (name, number) in found { await journal.append("\(name) \(number)") }
    }

    /// How many ended operations still have a field of an attempt that holds a lease.
    private func leasesOfEnded() throws -> Int {
        let operations = tally.accepted
        return try redis.ask { probe in
            var count = 0
            for operation in operations {
                let key = "stepstream:{0}:operation:\(operation)"
                guard ["Succeeded", "Failed", "Canceled"].contains(try probe.send("HGET", key, "status").text) else { continue }
                let fields = try probe.send("HKEYS", key).texts
                if fields.contains(where: { $0.hasSuffix(":lease") || $0.hasSuffix(":owner") }) { count += 1 }
            }
            return count
        }
    }
}
