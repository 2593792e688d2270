import ChildProcesses
import Glibc
import Synchronization

// What the nemesis does to the program's processes.
extension Rig {
    /// Writes a fault down.
    func note(_ name: String, _ detail: String) async {
        tally.fault()
        await faults.append("\(name) \(detail)")
    }

    func worker(_ slot: Int) throws -> ChildProcess {
        guard let child = processes.withLock({ $0.workers[slot] }) else { throw LaboratoryError("There is no worker \(slot).") }
        return child
    }

    /// Kills a worker and starts it again under its name.
    func killWorker(_ slot: Int, restarts: Bool = true) async throws {
        let child = try worker(slot)
        child.send(SIGKILL)
        await note("kill", "worker-\(slot)")
        _ = try await child.end(within: .seconds(5))
        if restarts { try startWorker(slot) }
    }

    /// Stops a worker for so many milliseconds, longer than its lease holds, and lets it go on.
    func pauseWorker(_ slot: Int, for time: Int64) async throws {
        let child = try worker(slot)
        child.send(SIGSTOP)
        await note("pause", "worker-\(slot)")
        do {
            try await Task.sleep(for: .milliseconds(time))
        } catch {
            child.send(SIGCONT)
            throw error
        }
        child.send(SIGCONT)
        await faults.append("resume worker-\(slot)")
    }

    /// Tells a worker to end, and starts it again once it has.
    ///
    /// - Returns: how it ended; nil when it had to be killed.
    @discardableResult
    func drainWorker(_ slot: Int, twice: Bool = false, own: [String: String] = [:]) async throws -> Int32? {
        let child = try worker(slot)
        child.send(SIGTERM)
        await note("drain", "worker-\(slot)")
        if twice {
            try await Task.sleep(for: .milliseconds(50))
            child.send(SIGTERM)
        }
        let code = try await child.end(within: .milliseconds(plan.grace + 5000))
        if code == nil {
            await faults.append("drain-late worker-\(slot)")
            child.destroy()
        } else {
            await faults.append("drained worker-\(slot) \(code ?? -1)")
        }
        try startWorker(slot, own: own)
        return code
    }

    /// Kills an API process and starts it again.
    func killAPI(_ number: Int) async throws {
        guard let child = processes.withLock({ $0.apis[number] }) else { throw LaboratoryError("There is no API \(number).") }
        child.send(SIGKILL)
        await note("kill-api", "api-\(number)")
        _ = try await child.end(within: .seconds(5))
        try await startAPI(number)
    }

    /// Kills a worker, or asks it to end, and does not start it again.
    func endWorker(_ slot: Int, kindly: Bool) async throws {
        let child = try worker(slot)
        child.send(kindly ? SIGTERM : SIGKILL)
        await note(kindly ? "drain" : "kill", "worker-\(slot)")
        if try await child.end(within: .milliseconds(plan.grace + 5000)) == nil {
            await faults.append("broken worker-\(slot) did not end when it was asked to")
            child.destroy()
        }
    }

    /// Starts workers again that die by themselves, while `body` does its work.
    func whileSupervised(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    for slot in 0..<self.plan.workers where try self.worker(slot).exitCode != nil {
                        self.tally.death()
                        await self.note("died", "worker-\(slot) \(try self.worker(slot).exitCode ?? -1)")
                        try self.startWorker(slot)
                    }
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }
}
