import ChildProcesses
import Foundation
import Glibc

/// What Redis keeps through a crash.
public enum RedisLevel: String, CaseIterable, Sendable {
    /// Nothing.
    case memory
    /// An append-only file that is flushed once a second.
    case aof
    /// An append-only file that is flushed before each answer.
    case fsync

    var flags: [String] {
        switch self {
        case .memory: ["--appendonly", "no"]
        case .aof: ["--appendonly", "yes", "--appendfsync", "everysec"]
        case .fsync: ["--appendonly", "yes", "--appendfsync", "always"]
        }
    }
}

/// A Redis server of the run's own: a folder, a unix socket, and no port.
struct RedisUnderTest: Sendable {
    let folder: String
    let level: RedisLevel

    var socket: String { folder + "/r.sock" }

    /// Starts it and waits until it answers and has loaded its file.
    func start(extra: [String] = []) async throws -> ChildProcess {
        let data = folder + "/redis"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let arguments =
            ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", data, "--save", "", "--maxmemory-policy", "noeviction"]
            + level.flags + extra
        let child = try ChildProcess(arguments, log: folder + "/redis.out")
        for _ in 0..<400 {
            if child.exitCode != nil { throw LaboratoryError("redis-server ended at its start; see \(folder)/redis.out.") }
            if isReady { return child }
            try await Task.sleep(for: .milliseconds(10))
        }
        child.destroy()
        throw LaboratoryError("redis-server is not ready after 4 s; see \(folder)/redis.out.")
    }

    private var isReady: Bool {
        do {
            var probe = try RedisProbe(socket: socket)
            return try probe.send("PING") == .text("PONG")
        } catch {
            // Not yet.
            return false
        }
    }

    /// Calls `body` with a fresh connection.
    func ask<Answer>(_ body: (inout RedisProbe) throws -> Answer) throws -> Answer {
        var probe = try RedisProbe(socket: socket)
        return try body(&probe)
    }

    /// Sends one command.
    @discardableResult
    func ask(_ words: String...) throws -> RedisProbe.Reply { try ask { try $0.send(words) } }
}
