import AsyncHTTPClient
import ChildProcesses
import NIOCore
import NIOHTTP1
import Synchronization

/// How a run comes to rest.
extension Rig {
    /// Waits until every accepted operation has ended, or two leases and 30 s have passed in which none has.
    func rest() async throws {
        proxy?.weather.change(to: .init())
        await faults.append("rest begins -")
        var last = Int.max
        var deadline = ContinuousClock.now
        while ContinuousClock.now < deadline || tally.open.count < last, !tally.open.isEmpty {
            let open = tally.open.count
            if open < last { deadline = .now + .milliseconds(2 * plan.lease + 30_000) }
            last = open
            try await Task.sleep(for: .milliseconds(50))
        }
        await faults.append("rest \(tally.open.count)")
    }

    /// Waits until every accepted operation has ended.
    ///
    /// - Returns: whether they had within `time`.
    func rest(for time: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + time
        while !tally.open.isEmpty {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
        return true
    }

    /// Writes down what Redis holds when everything has come to rest.
    func writeResidue() async throws {
        guard plan.redis == nil else { return }
        let journal = try Journal(folder + "/residue.log")
        let queue = Self.queue
        let redis = if let replicas { replicas.redis(try await replicas.primary()) } else { redis }
        var found: [(String, Int)] = []
        try redis.ask { probe in
            found.append(("stream-entries", try probe.send("XLEN", queue).integer ?? 0))
            if case .list(let summary) = try probe.send("XPENDING", queue, "workers") {
                found.append(("pending", summary.first?.integer ?? 0))
            }
            found.append(("timers", try probe.send("ZCARD", "stepstream:{0}:timers").integer ?? 0))
            found.append(("live", try probe.send("ZCARD", "stepstream:{0}:live").integer ?? 0))
            if case .list(let consumers) = try probe.send("XINFO", "CONSUMERS", queue, "workers") {
                found.append(("consumers", consumers.count))
            }
        }
        found.append(("leases", try leasesOfEnded(in: redis)))
        for (name, number) in found { await journal.append("\(name) \(number)") }
    }

    /// How many ended operations still have a field of an attempt that holds a lease.
    private func leasesOfEnded(in redis: RedisUnderTest) throws -> Int {
        let operations = tally.accepted
        return try redis.ask { probe in
            var count = 0
            for operation in operations {
                let key = "stepstream:{0}:operation:\(operation)"
                guard ["Succeeded", "Failed", "Canceled"].contains(try probe.send("HGET", key, "status").text) else { continue }
                let leases = try probe.send("HKEYS", key).texts.filter { $0.hasSuffix(":lease") }
                if try leases.contains(where: { try probe.send("HGET", key, $0).text?.isEmpty == false }) { count += 1 }
            }
            return count
        }
    }

    /// Waits until so many messages are held by workers.
    func waitForPending(atLeast count: Int) async throws {
        try await patiently("\(count) pending messages", for: .seconds(60)) { () -> Bool? in
            guard case .list(let summary) = try self.redis.ask("XPENDING", Self.queue, "workers") else { return nil }
            return (summary.first?.integer ?? 0) >= count ? true : nil
        }
    }

    /// Waits until the names of dead workers have been removed but for so many, or says that they were not.
    func waitForConsumers(atMost count: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if case .list(let consumers) = try redis.ask("XINFO", "CONSUMERS", Self.queue, "workers"), consumers.count <= count { return }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Submits one operation to an API process with another configuration.
    ///
    /// - Returns: the answer, if it was not a refusal.
    func acceptance(withAPI own: [String: String], _ id: String) async throws -> String? {
        let other = ports.count - 1
        if let old = processes.withLock({ $0.apis[other] }) { old.destroy() }
        try await startAPI(other, own: own, waits: false)
        defer { processes.withLock { $0.apis[other] }?.destroy() }
        guard let child = processes.withLock({ $0.apis[other] }) else { return nil }
        var request = HTTPClientRequest(url: url(other) + "/v1/operations")
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "Operation-Id": id]
        request.body = .bytes(ByteBuffer(string: Order(id, "single").body))
        let status = try await patiently("an answer of an API that should refuse") { () -> UInt? in
            // One that ended at its start has refused too.
            if child.exitCode != nil { return 503 }
            return try? await self.client.execute(request, timeout: .seconds(5)).status.code
        }
        return status == 503 ? nil : "\(status)"
    }
}
