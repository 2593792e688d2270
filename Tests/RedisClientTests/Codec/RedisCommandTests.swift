import NIOCore
import Testing

@testable import RedisClient

@Suite("Writing commands")
struct RedisCommandTests {
    private func wire(_ command: RedisCommand) -> String {
        var buffer = ByteBuffer()
        command.write(to: &buffer)
        return String(buffer: buffer)
    }

    @Test("arguments of every type become bulk strings")
    func arguments() {
        let command = RedisCommand("SET", "ключ", -12, ByteBuffer(string: "a\r\nb"), [UInt8]("x".utf8), "")
        #expect(wire(command) == "*6\r\n$3\r\nSET\r\n$8\r\nключ\r\n$3\r\n-12\r\n$4\r\na\r\nb\r\n$1\r\nx\r\n$0\r\n\r\n")
        #expect(command.byteCount >= wire(command).utf8.count)
    }

    @Test("integers of every length", arguments: [0, 9, 10, -1, 99, 100, 12_345, Int.max, Int.min])
    func integers(number: Int) {
        let text = "\(number)"
        #expect(wire(RedisCommand("ECHO", number)) == "*2\r\n$4\r\nECHO\r\n$\(text.utf8.count)\r\n\(text)\r\n")
    }

    @Test("lengths of several digits", arguments: [9, 10, 99, 100, 1_000, 100_000])
    func lengths(count: Int) {
        let text = String(repeating: "x", count: count)
        #expect(wire(RedisCommand("ECHO", text)) == "*2\r\n$4\r\nECHO\r\n$\(count)\r\n\(text)\r\n")
    }

    @Test("collections of bytes without contiguous storage")
    func lazyBytes() {
        var arguments = RedisArguments()
        arguments.append((0..<3).lazy.map { UInt8($0 + 65) })
        #expect(wire(RedisCommand("ECHO", arguments)) == "*2\r\n$4\r\nECHO\r\n$3\r\nABC\r\n")
    }

    @Test("names are sent in capitals")
    func names() {
        #expect(wire(RedisCommand("ping")) == "*1\r\n$4\r\nPING\r\n")
    }

    @Test("a script is called by the SHA-1 of its source, with the number of its keys")
    func script() {
        let script = RedisScript(name: "one", source: "return 1")
        #expect(script.sha == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
        let command = script.command(keys: ["k1", "k2"], arguments: ["a"])
        #expect(wire(command) == "*6\r\n$7\r\nEVALSHA\r\n$40\r\n\(script.sha)\r\n$1\r\n2\r\n$2\r\nk1\r\n$2\r\nk2\r\n$1\r\na\r\n")
        #expect(command.byteCount >= wire(command).utf8.count)
    }

    @Test("argument lists can be joined")
    func joined() {
        var first: RedisArguments = ["a", 1]
        first.append(contentsOf: ["b"])
        #expect(first.count == 3)
        #expect(wire(RedisCommand("X", first)) == "*4\r\n$1\r\nX\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n")
    }

    @Test(
        "commands that would break a shared connection are refused",
        arguments: [
            RedisCommand("SUBSCRIBE", "c"), RedisCommand("psubscribe", "c"), RedisCommand("MONITOR"), RedisCommand("HELLO", 3),
            RedisCommand("BLPOP", "k", 0), RedisCommand("BZPOPMIN", "k", 0), RedisCommand("MULTI"), RedisCommand("SELECT", 1),
            RedisCommand("XREADGROUP", "GROUP", "g", "c", "BLOCK", 0, "STREAMS", "s", ">"),
            RedisCommand("XREAD", "block", 5, "STREAMS", "s", "0"), RedisCommand("COMMAND"), RedisCommand("COMMAND", "docs"),
            RedisCommand("CLIENT", "reply", "off"), RedisCommand("QUIT"), RedisCommand("AUTH", "x"),
        ]
    )
    func refused(command: RedisCommand) {
        let error = #expect(throws: RedisError.self) { try CommandRule.check(command) }
        #expect(error?.code == .refusedCommand)
        #expect(error?.message.contains(command.name) == true)
    }

    @Test(
        "the others pass",
        arguments: [
            RedisCommand("GET", "SUBSCRIBE"), RedisCommand("XREADGROUP", "GROUP", "g", "c", "COUNT", 5, "STREAMS", "s", ">"),
            RedisCommand("CLIENT", "UNBLOCK", 5), RedisCommand("COMMAND", "COUNT"), RedisCommand("WAIT", 1, 100),
            RedisCommand("XREAD", "STREAMS", String(repeating: "BLOCK", count: 100), "0"), RedisCommand("PUBLISH", "c", "m"),
        ]
    )
    func allowed(command: RedisCommand) throws {
        try CommandRule.check(command)
    }
}
