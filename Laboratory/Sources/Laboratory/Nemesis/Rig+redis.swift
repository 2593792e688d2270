import ChildProcesses
import Foundation
import Glibc
import Synchronization

// What the nemesis does to Redis.
extension Rig {
    /// Kills Redis, leaves it dead for so many milliseconds, and starts it again on the same folder.
    func killRedis(for time: Int64) async throws {
        guard let child = processes.withLock({ $0.redis }) else { throw LaboratoryError("This Redis is not the laboratory's to kill.") }
        child.send(SIGKILL)
        await note("redis-kill", plan.level.rawValue)
        _ = try await child.end(within: .seconds(5))
        try await Task.sleep(for: .milliseconds(time))
        let again = try await redis.start()
        processes.withLock { $0.redis = again }
        await faults.append("redis-up \(plan.level.rawValue)")
    }

    /// Forgets all scripts, again and again.
    func flushScripts(times: Int, every time: Int64) async throws {
        for _ in 0..<times {
            try redis.ask("SCRIPT", "FLUSH")
            await note("script-flush", "redis")
            try await Task.sleep(for: .milliseconds(time))
        }
    }

    /// Sets a setting for so many milliseconds, and back.
    func configure(_ name: String, _ value: String, back: String, for time: Int64) async throws {
        try redis.ask("CONFIG", "SET", name, value)
        await note("config", "\(name) \(value)")
        try await Task.sleep(for: .milliseconds(time))
        try redis.ask("CONFIG", "SET", name, back)
        await faults.append("config-back \(name)")
    }

    /// Keeps Redis busy with a script for so many milliseconds; from `busy-reply-threshold` on it answers BUSY.
    func occupy(for time: Int64) async throws {
        try redis.ask("CONFIG", "SET", "busy-reply-threshold", "100")
        let script = """
            local start = redis.call('TIME')
            while true do
                local now = redis.call('TIME')
                if (now[1] - start[1]) * 1000 + (now[2] - start[2]) / 1000 > \(time) then return 1 end
            end
            """
        await note("busy", "\(time)")
        try redis.ask { try $0.post(["EVAL", script, "0"]) }
        try await Task.sleep(for: .milliseconds(time + 100))
    }

    /// Removes the consumer group of the queue, and with it the knowledge of who has what.
    func destroyGroup() async throws {
        try redis.ask("XGROUP", "DESTROY", Self.queue, "workers")
        await note("destroy-group", "default")
    }

    /// Deletes the queue, with all messages that wait or are held, and its group.
    func deleteQueue() async throws {
        try redis.ask("DEL", Self.queue)
        await note("flush-queue", "default")
    }

    /// Makes it a replica of nobody for so many milliseconds, so that it takes no writes.
    func demote(for time: Int64) async throws {
        try redis.ask("REPLICAOF", "127.0.0.1", "1")
        await note("config", "replicaof 127.0.0.1 1")
        try await Task.sleep(for: .milliseconds(time))
        try redis.ask("REPLICAOF", "NO", "ONE")
        await faults.append("config-back replicaof")
    }

    /// Lets it fail to save for so many milliseconds, after which it refuses writes.
    func failSaves(for time: Int64) async throws {
        let file = folder + "/redis/dump.rdb"
        // It cannot replace a folder by a file.
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
        try redis.ask("CONFIG", "SET", "save", "3600 1000000")
        try redis.ask("BGSAVE")
        await note("config", "save fails")
        try await Task.sleep(for: .milliseconds(time))
        try FileManager.default.removeItem(atPath: file)
        try redis.ask("CONFIG", "SET", "save", "")
        await faults.append("config-back save")
    }

    /// Closes the connections of all clients and lets none in for so many milliseconds.
    func shutOut(for time: Int64) async throws {
        var probe = try RedisProbe(socket: redis.socket)
        _ = try probe.send("CONFIG", "SET", "maxclients", "1")
        _ = try probe.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await note("config", "maxclients 1")
        try await Task.sleep(for: .milliseconds(time))
        _ = try probe.send("CONFIG", "SET", "maxclients", "10000")
        await faults.append("config-back maxclients")
    }
}
