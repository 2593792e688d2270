import NIOCore
import Testing

@testable import RedisClient

@Suite("Error replies")
struct RedisErrorTests {
    /// Error replies as Redis 7.0 (and 6.2, 7.2 where they differ) writes them.
    static let replies: [(String, RedisErrorClass)] = [
        ("MOVED 3999 127.0.0.1:6381", .notApplied),
        ("ASK 3999 127.0.0.1:6381", .notApplied),
        ("CLUSTERDOWN Hash slot not served", .notApplied),
        ("READONLY You can't write against a read only replica.", .notApplied),
        ("READONLY You can't write against a read only replica. script: 7d5d2a, on @user_script:1.", .notApplied),
        ("LOADING Redis is loading the dataset in memory", .notApplied),
        ("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", .notApplied),
        ("NOREPLICAS Not enough good replicas to write.", .notApplied),
        ("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", .notApplied),
        ("MISCONF Errors writing to the AOF file: No space left on device", .notApplied),
        ("OOM command not allowed when used memory > 'maxmemory'.", .notApplied),
        ("OOM command not allowed when used memory > 'maxmemory'. script: 6a1f, on @user_script:1.", .notApplied),
        ("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", .notApplied),
        ("TRYAGAIN Multiple keys request during rehashing of slot", .notApplied),
        ("UNBLOCKED client unblocked via CLIENT UNBLOCK", .notApplied),
        ("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", .notApplied),
        ("EXECABORT Transaction discarded because of previous errors.", .notApplied),
        ("ERR max number of clients reached", .notApplied),
        ("ERR max number of clients + cluster connections reached", .notApplied),
        ("NOSCRIPT No matching script. Please use EVAL.", .fixThenRetry),
        ("NOGROUP No such key 'q' or consumer group 'workers' in XREADGROUP with GROUP option", .fixThenRetry),
        ("BUSYGROUP Consumer Group name already exists", .success),
        ("NOAUTH Authentication required.", .configuration),
        ("WRONGPASS invalid username-password pair or user is disabled.", .configuration),
        ("NOPERM this user has no permissions to run the 'get' command", .configuration),
        ("NOPERM this user has no permissions to access one of the keys used as arguments", .configuration),
        ("WRONGTYPE Operation against a key holding the wrong kind of value", .configuration),
        ("WRONGTYPE Operation against a key holding the wrong kind of value script: 1f, on @user_script:1.", .configuration),
        ("CROSSSLOT Keys in request don't hash to the same slot", .configuration),
        ("NOPROTO unsupported protocol version", .configuration),
        ("DENIED Redis is running in protected mode because protected mode is enabled", .configuration),
        ("ERR The user executing the script can't run this command or subcommand script: 5c, on @user_script:1.", .configuration),
        (
            "ERR The user executing the script can't access at least one of the keys mentioned script: 5c, on @user_script:1.",
            .configuration
        ),
        ("ERR Script attempted to access a non local key in a cluster node script: 5c, on @user_script:1.", .configuration),
        ("ERR unknown command 'XAUTOCLAIM', with args beginning with: 'a' 'b' ", .configuration),
        ("ERR DB index is out of range", .configuration),
        ("ERR AUTH <password> called without any password configured for the default user.", .configuration),
        ("ERR value is not an integer or out of range", .other),
        ("ERR wrong number of arguments for 'get' command", .other),
        ("MYCODE an answer of a script", .other),
        ("", .other),
        ("no such thing as BUSYGROUP here", .other),
    ]

    @Test("each is classified by its first word, whatever follows", arguments: replies)
    func classified(reply: String, expected: RedisErrorClass) {
        #expect(RedisError(reply: reply).errorClass == expected)
    }

    @Test("each arrives as an error of that class")
    func throughTheConnection() async throws {
        let fake = try await FakeRedis { words, _ in
            guard words.first == "GET", let index = Int(words[1]) else { return nil }
            return .bytes("-\(Self.replies[index].0)\r\n")
        }
        try await withClient(fake.configuration) { client in
            for (index, (reply, expected)) in Self.replies.enumerated() {
                let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("GET", index)) }
                #expect(error?.errorClass == expected)
                #expect(error?.code.rawValue == ErrorReplyTable.firstWord(of: reply))
            }
            #expect(client.statistics.reconnects == 0)
        }
        try await fake.close()
    }

    @Test("codes are first words in capitals; anything else counts as ERR")
    func codes() {
        #expect(RedisError(reply: "NOSCRIPT No matching").code == .noScript)
        #expect(RedisError(reply: "lowercase text").code.rawValue == "ERR")
        #expect(RedisError(reply: String(repeating: "A", count: 33)).code.rawValue == "ERR")
        #expect(RedisError(reply: "").code.rawValue == "ERR")
    }

    @Test("messages are short, printable and without the arguments that Redis repeats")
    func messages() {
        let unknown = RedisError(reply: "ERR unknown command 'FOO', with args beginning with: 'hunter2' ")
        #expect(!unknown.description.contains("hunter2"))
        #expect(unknown.description.contains("FOO"))
        let long = RedisError(reply: "ERR " + String(repeating: "x", count: 10_000))
        #expect(long.message.count <= 512)
        #expect(RedisError(reply: "ERR a\u{1B}[31mb\nc").message == "ERR a\\u{1b}[31mb\\u{a}c")
    }

    @Test("an error knows where it was made, and its cause")
    func place() {
        let cause = RedisError(.connectFailed, "underneath", class: .notApplied)
        let error = RedisError(.busy, "above", class: .notApplied, cause: cause)
        #expect(error.file.hasSuffix("RedisErrorTests.swift"))
        #expect(error.line > 0)
        #expect(error.description.contains("above"))
        #expect(error.description.contains("underneath"))
    }
}
