import ChildProcesses
import Foundation
import Glibc
import Rigging
import Synchronization

/// A primary, two replicas and three sentinels of the run's own, on ports of this machine.
final class ReplicaSet: Sendable {
    /// What the sentinels call the primary.
    static let name = "primary"

    private struct Processes {
        var servers: [ChildProcess?] = [nil, nil, nil]
        var sentinels: [ChildProcess] = []
    }

    private let folder: String
    private let ports: [Int]
    private let sentinelPorts: [Int]
    private let processes = Mutex(Processes())

    init(folder: String) throws {
        self.folder = folder
        ports = try (0..<3).map { _ in try BoundPort.free() }
        sentinelPorts = try (0..<3).map { _ in try BoundPort.free() }
    }

    /// Where the program finds the primary.
    var url: String { "redis+sentinel://" + sentinelPorts.map { "127.0.0.1:\($0)" }.joined(separator: ",") + "/\(Self.name)" }

    /// Starts all of them, the first server as the primary, and waits until both replicas have its data.
    func start() async throws {
        for number in 0..<3 { try await startServer(number, replicaOf: number == 0 ? nil : 0) }
        try await waitForReplicas(of: 0)
        for (number, port) in sentinelPorts.enumerated() {
            let file = "\(folder)/sentinel-\(number).conf"
            let text = """
                port \(port)
                bind 127.0.0.1
                dir \(folder)
                sentinel monitor \(Self.name) 127.0.0.1 \(ports[0]) 2
                sentinel down-after-milliseconds \(Self.name) 1000
                sentinel failover-timeout \(Self.name) 5000

                """
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            let child = try ChildProcess(["redis-server", file, "--sentinel"], log: "\(folder)/sentinel-\(number).out")
            processes.withLock { $0.sentinels.append(child) }
        }
        // They find each other and the replicas through the primary, which takes a few of its greetings.
        try await Task.sleep(for: .seconds(4))
    }

    func stop() {
        let all = processes.withLock { processes in
            defer { processes = Processes() }
            return processes.servers.compactMap(\.self) + processes.sentinels
        }
        for child in all { child.destroy() }
    }

    /// The server that is the primary now, as it says itself, and others follow.
    func primary(otherThan old: Int? = nil) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            for number in 0..<3 where number != old && isPrimary(number) { return number }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw LaboratoryError("No server became the primary within a minute. See \(folder).")
    }

    func redis(_ number: Int) -> RedisUnderTest { RedisUnderTest(folder: "\(folder)/server-\(number)", level: .aof) }

    func child(_ number: Int) throws -> ChildProcess {
        guard let child = processes.withLock({ $0.servers[number] }) else { throw LaboratoryError("Server \(number) does not run.") }
        return child
    }

    /// Starts a server on the folder it had before.
    func startServer(_ number: Int, replicaOf primary: Int?) async throws {
        let own = "\(folder)/server-\(number)"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        let role = primary.map { ["--replicaof", "127.0.0.1", "\(ports[$0])"] } ?? []
        let flags = ["--port", "\(ports[number])", "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0", "--repl-timeout", "5"]
        let child = try await redis(number).start(extra: flags + ["--min-replicas-to-write", "1", "--min-replicas-max-lag", "2"] + role)
        processes.withLock { $0.servers[number] = child }
    }

    /// Waits until both others have the data of `primary`.
    func waitForReplicas(of primary: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let info = try? redis(primary).ask("INFO", "replication").text, info.count(of: "state=online") == 2 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw LaboratoryError("The replicas do not follow server \(primary). See \(folder).")
    }

    private func isPrimary(_ number: Int) -> Bool {
        guard let child = processes.withLock({ $0.servers[number] }), child.exitCode == nil else { return false }
        // One that is stopped or starting does not answer, and is not it.
        guard case .list(let role)? = try? redis(number).ask("ROLE") else { return false }
        return role.first?.text == "master"
    }
}

extension String {
    fileprivate func count(of piece: String) -> Int { split(separator: piece, omittingEmptySubsequences: false).count - 1 }
}
