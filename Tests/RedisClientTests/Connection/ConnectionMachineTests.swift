import NIOCore
import Testing

@testable import RedisClient

@Suite("Connection, as a value")
struct ConnectionMachineTests {
    typealias Machine = ConnectionMachine<String>

    /// A machine that is logged in, with calls of the given numbers of replies under way.
    private func ready(role: Machine.Role = .commands, _ calls: [(String, Int)] = []) throws -> Machine {
        var machine = Machine(role: role, login: Login(RedisConfiguration(), identify: false))
        guard case .ready = machine.received(try RedisReply("+PONG\r\n")) else {
            throw RedisError(.unexpectedReply, "not ready after PONG", class: .other)
        }
        for (call, replies) in calls {
            machine.wrote(call, bytes: 10, replies: replies, deadline: .uptimeNanoseconds(100))
        }
        return machine
    }

    private func describe(_ action: Machine.Action) -> String {
        switch action {
        case .answer(let call, let reply, let last, let calls, _):
            "\(call) gets \(reply.string ?? reply.error?.code.rawValue ?? "\(reply)")\(last ? ", frees \(calls)" : "")"
        case .wait: "wait"
        case .ready: "ready"
        case .push(let reply): "push \(reply[2].string ?? "")"
        case .close(let error): "close: \(error.code)"
        case .ignore: "ignore"
        }
    }

    @Test("replies go to calls in the order they were written, several to a pipeline")
    func order() throws {
        var machine = try ready([("a", 1), ("b", 2), ("c", 1)])
        let actions = try ["+1\r\n", "+2\r\n", "-ERR x\r\n", "+4\r\n"].map { describe(machine.received(try RedisReply($0))) }
        #expect(actions == ["a gets 1, frees 1", "b gets 2", "b gets ERR, frees 2", "c gets 4, frees 1"])
        #expect(machine.count == 0)
    }

    @Test("a reply nobody asked for closes the connection and keeps its text")
    func unasked() throws {
        var machine = try ready()
        guard case .close(let error) = machine.received(try RedisReply("+EXTRA\r\n")) else {
            Issue.record("the connection stays open")
            return
        }
        #expect(error.code == .protocolViolation)
        #expect(error.message.contains("EXTRA"))
        guard case .close(let refused) = machine.received(try RedisReply("-ERR max number of clients reached\r\n")) else {
            Issue.record("the connection stays open")
            return
        }
        #expect(refused.errorClass == .notApplied)
        #expect(refused.message.contains("max number of clients"))
    }

    @Test("a lost connection gives its calls back once, and ignores what still comes")
    func lost() throws {
        var machine = try ready([("a", 1), ("b", 2)])
        _ = machine.received(try RedisReply("+1\r\n"))
        _ = machine.received(try RedisReply("+2\r\n"))
        #expect(machine.lost().map(\.item) == ["b"])
        #expect(machine.lost().count == 0)
        #expect(describe(machine.received(try RedisReply("+3\r\n"))) == "ignore")
        #expect(machine.isClosed)
    }

    @Test("the first call decides whether the server is too slow")
    func overdue() throws {
        var machine = try ready([("a", 1)])
        machine.wrote("b", bytes: 1, replies: 1, deadline: .uptimeNanoseconds(200))
        #expect(!machine.isOverdue(.uptimeNanoseconds(99)))
        #expect(machine.isOverdue(.uptimeNanoseconds(100)))
        _ = machine.received(try RedisReply("+1\r\n"))
        #expect(!machine.isOverdue(.uptimeNanoseconds(100)))
        #expect(machine.nextDeadline == .uptimeNanoseconds(200))
    }

    @Test("a subscriber's messages are no answers, and its other replies are")
    func subscriber() throws {
        var machine = try ready(role: .subscriber, [("subscribe", 1), ("ping", 1)])
        let message = "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n"
        let actions = try [
            message, "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n", message, "*2\r\n$4\r\npong\r\n$0\r\n\r\n", message,
        ].map { describe(machine.received(try RedisReply($0))) }
        #expect(actions == ["push hi", "subscribe gets array of 3, frees 1", "push hi", "ping gets array of 2, frees 1", "push hi"])
    }
}

@Suite("Logging in")
struct LoginTests {
    static let full: RedisConfiguration = {
        var configuration = RedisConfiguration(username: "worker", password: "hunter2", database: 3)
        configuration.clientName = "stepstream"
        return configuration
    }()

    private func outcome(_ login: inout Login, _ replies: [String]) throws -> String {
        var last = ""
        for reply in replies {
            switch login.received(try RedisReply(reply)) {
            case .next: last = "next"
            case .done: return "done"
            case .failed(let error): return "\(error.code) \(error.errorClass)"
            }
        }
        return last
    }

    @Test("the steps follow the configuration and end with PING")
    func steps() {
        #expect(Login(RedisConfiguration(), identify: false).steps == [.ping])
        #expect(Login(Self.full, identify: true).steps == [.authenticate, .select, .name, .identify, .ping])
        var buffer = ByteBuffer()
        for command in Login(Self.full, identify: false).commands { command.write(to: &buffer) }
        let text = "*3\r\n$4\r\nAUTH\r\n$6\r\nworker\r\n$7\r\nhunter2\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"
        #expect(String(buffer: buffer).hasPrefix(text))
        let sentinels = RedisConfiguration.Sentinels(addresses: [.tcp(host: "s1", port: 26_379)], primaryName: "mine")
        var primary = RedisConfiguration()
        primary.sentinels = sentinels
        #expect(Login(primary, identify: true).steps == [.identify, .ping, .role])
        buffer.clear()
        for command in Login(RedisConfiguration(password: "p"), identify: false).commands { command.write(to: &buffer) }
        #expect(String(buffer: buffer).hasPrefix("*2\r\n$4\r\nAUTH\r\n$1\r\np\r\n"))
    }

    @Test(
        "what each refusal means",
        arguments: [
            (["+OK\r\n", "+OK\r\n", "+OK\r\n", ":7\r\n", "+PONG\r\n"], "done"),
            (["-WRONGPASS invalid username-password pair or user is disabled.\r\n"], "WRONGPASS configuration"),
            (["-ERR Client sent AUTH, but no password is set\r\n"], "ERR configuration"),
            (["-ERR max number of clients reached\r\n"], "ERR notApplied"),
            (["-DENIED Redis is running in protected mode\r\n"], "DENIED configuration"),
            (["+OK\r\n", "-ERR DB index is out of range\r\n"], "ERR configuration"),
            (["+OK\r\n", "-NOPERM no select for you\r\n"], "NOPERM configuration"),
            (["+OK\r\n", "-LOADING Redis is loading the dataset in memory\r\n"], "LOADING notApplied"),
            (["+OK\r\n", "+OK\r\n", "-NOPERM x\r\n", "-NOPERM x\r\n", "-NOPERM x\r\n"], "done"),
            (["+OK\r\n", "+OK\r\n", "+OK\r\n", ":7\r\n", "-MISCONF Errors writing to the AOF file\r\n"], "done"),
            (["+OK\r\n", "+OK\r\n", "+OK\r\n", ":7\r\n", "-READONLY You can't write against a read only replica.\r\n"], "done"),
            (["+OK\r\n", "+OK\r\n", "+OK\r\n", ":7\r\n", "-LOADING Redis is loading the dataset in memory\r\n"], "LOADING notApplied"),
            (["+OK\r\n", "+OK\r\n", "+OK\r\n", ":7\r\n", "-MASTERDOWN Link with MASTER is down\r\n"], "MASTERDOWN notApplied"),
            (["+OK\r\n", "+OK\r\n", "+OK\r\n", ":7\r\n", "-NOAUTH Authentication required.\r\n"], "NOAUTH configuration"),
            (["+HELLO\r\n"], "protocolViolation configuration"),
            (["+OK\r\n", "+OK\r\n", "+OK\r\n", "+OK\r\n"], "protocolViolation configuration"),
        ] as [([String], String)]
    )
    func refusals(replies: [String], expected: String) throws {
        var login = Login(Self.full, identify: true)
        #expect(try outcome(&login, replies) == expected)
    }

    @Test(
        "where sentinels told of the server it has to be the primary, and to say so",
        arguments: [
            ("*3\r\n$6\r\nmaster\r\n:42\r\n*0\r\n", "done"), ("*1\r\n$5\r\nslave\r\n", "notPrimary notApplied"),
            ("*2\r\n$8\r\nsentinel\r\n*0\r\n", "notPrimary notApplied"), ("-NOPERM no role for you\r\n", "NOPERM configuration"),
            ("-LOADING Redis is loading the dataset in memory\r\n", "LOADING notApplied"), ("+OK\r\n", "protocolViolation configuration"),
        ]
    )
    func role(reply: String, expected: String) throws {
        var configuration = RedisConfiguration()
        configuration.sentinels = .init(addresses: [.tcp(host: "s1", port: 26_379)], primaryName: "mine")
        var login = Login(configuration, identify: false)
        #expect(try outcome(&login, ["+PONG\r\n", reply]) == expected)
    }

    @Test("the connection's number is kept, and so is a refusal that does no harm")
    func details() throws {
        var login = Login(Self.full, identify: true)
        #expect(try outcome(&login, ["+OK\r\n", "+OK\r\n", "-NOPERM name\r\n", ":42\r\n", "+PONG\r\n"]) == "done")
        #expect(login.clientID == 42)
        #expect(login.warning?.code == .noPermission)
    }

    @Test("a server that echoes the password does not get it into our messages")
    func noPassword() throws {
        var login = Login(Self.full, identify: false)
        guard case .failed(let error) = login.received(try RedisReply("-ERR bad password hunter2 of worker\r\n")) else {
            Issue.record("the login goes on")
            return
        }
        #expect(!error.description.contains("hunter2"))
        #expect(error.description.contains("worker"))
    }
}

@Suite("Pauses between attempts")
struct BackoffTests {
    @Test("they double up to the longest, less a share of chance")
    func doubling() {
        var backoff = RedisConfiguration.Backoff()
        backoff.min = .milliseconds(50)
        backoff.max = .seconds(1)
        backoff.jitter = 0.5
        #expect(backoff.pause(after: 1, chance: 0) == .milliseconds(50))
        #expect(backoff.pause(after: 3, chance: 0) == .milliseconds(200))
        #expect(backoff.pause(after: 1_000_000, chance: 0) == .seconds(1))
        #expect(backoff.pause(after: 2, chance: 1) == .milliseconds(50))
    }
}
