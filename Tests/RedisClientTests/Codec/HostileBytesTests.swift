import NIOCore
import Rigging
import Testing

@testable import RedisClient

@Suite("Hostile bytes")
struct HostileBytesTests {
    static let deepArray = String(repeating: "*1\r\n", count: 9) + ":1\r\n"

    @Test(
        "bytes that are not RESP2, or promise too much, are an error at once",
        arguments: [
            "garbage\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n", ",1.5\r\n", "#t\r\n", "=5\r\ntxt:a\r\n",
            "~1\r\n+a\r\n", ">1\r\n+a\r\n", "(1\r\n", "$-5\r\n", "$abc\r\n", ":12abc\r\n", ":\r\n", "*-2\r\n", "*abc\r\n",
            "*2147483648\r\n", "*2147483647\r\n", "*4611686018427387904\r\n", "*1048577\r\n", deepArray,
            String(repeating: "*2147483647\r\n", count: 7), "\0\0\0\0", "\r\n", " +OK\r\n",
        ]
    )
    func refused(bytes: String) {
        let decoder = ReplyDecoder(limits: .init())
        let error = #expect(throws: RedisError.self) { try decoder.feed(ByteBuffer(string: bytes)) { _ in } }
        #expect(error?.code == .protocolViolation || error?.code == .replyTooLarge)
        #expect(error?.errorClass == .indeterminate)
        // It stays broken: nobody knows where the next reply begins.
        #expect(throws: RedisError.self) { try decoder.feed(ByteBuffer(string: "+OK\r\n")) { _ in } }
    }

    @Test("replies before the broken bytes still count")
    func repliesBefore() {
        let decoder = ReplyDecoder(limits: .init())
        var texts: [String] = []
        #expect(throws: RedisError.self) {
            try decoder.feed(ByteBuffer(string: "+one\r\n+two\r\n?")) { texts.append($0.string ?? "") }
        }
        #expect(texts == ["one", "two"])
    }

    @Test("nesting at the limit is read, one more is not")
    func nesting() throws {
        let decoder = ReplyDecoder(limits: .init())
        var count = 0
        try decoder.feed(ByteBuffer(string: String(repeating: "*1\r\n", count: 7) + ":1\r\n")) { _ in count += 1 }
        #expect(count == 1)
        let error = #expect(throws: RedisError.self) {
            try decoder.feed(ByteBuffer(string: String(repeating: "*1\r\n", count: 8) + ":1\r\n")) { _ in }
        }
        #expect(error?.code == .replyTooLarge)
    }

    @Test("the element limit counts every value of a reply, and starts anew with the next one")
    func elements() throws {
        var limits = RedisConfiguration.Limits()
        limits.replyElements = 4
        let decoder = ReplyDecoder(limits: limits)
        let four = "*3\r\n:1\r\n:2\r\n:3\r\n"
        try decoder.feed(ByteBuffer(string: four + four + four)) { _ in }
        let error = #expect(throws: RedisError.self) {
            try decoder.feed(ByteBuffer(string: "*3\r\n:1\r\n:2\r\n*1\r\n:3\r\n")) { _ in }
        }
        #expect(error?.code == .replyTooLarge)
    }

    @Test(
        "a reply that never ends meets the byte limit",
        arguments: ["$9223372036854775807\r\n", "$100000\r\n", "*100000\r\n$9\r\nabcdefghi\r\n"]
    )
    func endless(head: String) {
        var limits = RedisConfiguration.Limits()
        limits.replyBytes = 10_000
        let decoder = ReplyDecoder(limits: limits)
        let filling = ByteBuffer(string: head.hasPrefix("*") ? "$9\r\nabcdefghi\r\n" : String(repeating: "x", count: 1_000))
        var fed = 0
        let error = #expect(throws: RedisError.self) {
            try decoder.feed(ByteBuffer(string: head)) { _ in }
            while fed < 1_000_000 {
                fed += filling.readableBytes
                try decoder.feed(filling) { _ in }
            }
        }
        #expect(error?.code == .replyTooLarge)
        #expect(fed < 100_000)
    }

    @Test("a line without end is refused soon", arguments: ["+", "-", ":", "*", "$"])
    func endlessLine(mark: String) {
        let decoder = ReplyDecoder(limits: .init())
        let filling = ByteBuffer(string: String(repeating: "1", count: 1_000))
        var fed = 0
        #expect(throws: RedisError.self) {
            try decoder.feed(ByteBuffer(string: mark)) { _ in }
            while fed < 1_000_000 {
                fed += filling.readableBytes
                try decoder.feed(filling) { _ in }
            }
        }
        #expect(fed < 100_000)
    }

    @Test("random bytes never crash the reader", arguments: 0..<200)
    func random(seed: Int) {
        var generator = SeededDraw(seed: UInt64(seed))
        let alphabet = Array("*$+-:\r\n0123456789ab%".utf8)
        let decoder = ReplyDecoder(limits: .init())
        var read = 0
        do throws(RedisError) {
            for _ in 0..<200 {
                let bytes = (0..<8).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
                try decoder.feed(ByteBuffer(bytes: bytes)) { reply in read += reply.count + (reply.bytes?.count ?? 0) }
            }
        } catch {
            #expect(error.errorClass == .indeterminate)
        }
        #expect(read < 200 * 8)
    }
}
