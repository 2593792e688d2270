import ChildProcesses
import Glibc
import Stepstream
import Synchronization

// Deaths at named places.
extension Rig {
    private static func environment(_ point: Failpoint, _ count: Int) -> [String: String] {
        ["STEPSTREAM_FAILPOINT": "\(point.rawValue):\(count)"]
    }

    /// Starts an API process anew so that it dies at `point`, waits until it has, and starts it again.
    ///
    /// - Returns: whether it came there.
    @discardableResult
    func crashAPI(_ number: Int, at point: Failpoint, count: Int = 1) async throws -> Bool {
        guard let old = processes.withLock({ $0.apis[number] }) else { throw LaboratoryError("There is no API \(number).") }
        old.send(SIGKILL)
        _ = try await old.end(within: .seconds(5))
        try await startAPI(number, own: Self.environment(point, count))
        guard let child = processes.withLock({ $0.apis[number] }) else { throw LaboratoryError("There is no API \(number).") }
        let code = try await child.end(within: .seconds(10))
        if code == 137 { await note("crash-point", point.rawValue) }
        child.destroy()
        try await startAPI(number)
        return code == 137
    }

    /// Starts a worker anew so that it dies at `point`, has `provoke` lead it there, and starts it again.
    ///
    /// - Returns: whether it came there.
    func crashWorker(_ slot: Int, at point: Failpoint, count: Int = 1, _ provoke: () async throws -> Void) async throws -> Bool {
        let old = try worker(slot)
        old.send(SIGKILL)
        _ = try await old.end(within: .seconds(5))
        try startWorker(slot, own: Self.environment(point, count))
        let child = try worker(slot)
        try await provoke()
        let code = child.exitCode
        if code == 137 { await note("crash-point", point.rawValue) }
        child.destroy()
        try startWorker(slot)
        return code == 137
    }
}
