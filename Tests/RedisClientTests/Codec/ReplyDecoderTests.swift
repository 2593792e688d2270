import NIOCore
import Rigging
import Testing

@testable import RedisClient

@Suite("Reading replies")
struct ReplyDecoderTests {
    /// A reply as a tree, to make bytes from and to compare with.
    indirect enum Tree: Equatable {
        case null
        case nullArray
        case integer(Int)
        case status(String)
        case error(String)
        case string([UInt8])
        case array([Tree])

        var bytes: [UInt8] {
            switch self {
            case .null: Array("$-1\r\n".utf8)
            case .nullArray: Array("*-1\r\n".utf8)
            case .integer(let value): Array(":\(value)\r\n".utf8)
            case .status(let text): Array("+\(text)\r\n".utf8)
            case .error(let text): Array("-\(text)\r\n".utf8)
            case .string(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
            case .array(let children): children.reduce(Array("*\(children.count)\r\n".utf8)) { $0 + $1.bytes }
            }
        }

        static func random(depth: Int, _ generator: inout SeededDraw) -> Tree {
            switch Int.random(in: 0..<(depth < 7 ? 9 : 7), using: &generator) {
            case 0: .null
            case 1: .nullArray
            case 2: .integer(Int(truncatingIfNeeded: generator.next()))
            case 3: .status("OK \(Int.random(in: 0...9, using: &generator))")
            case 4: .error("ERR number \(Int.random(in: 0...9, using: &generator))")
            case 5: .string([])
            case 6: .string((0..<Int.random(in: 0...300, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
            default: .array((0..<Int.random(in: 0...6, using: &generator)).map { _ in random(depth: depth + 1, &generator) })
            }
        }

        init(_ reply: RedisReply) {
            switch reply.kind {
            case .null: self = .null
            case .integer: self = .integer(reply.integer ?? 0)
            case .status: self = .status(reply.string ?? "")
            case .error: self = .error(reply.error?.message ?? "")
            case .string: self = .string(reply.bytes ?? [])
            case .array: self = .array(reply.map { Tree($0) })
            }
        }

        /// RESP has two nulls that mean the same.
        var normalized: Tree {
            switch self {
            case .nullArray: .null
            case .array(let children): .array(children.map(\.normalized))
            case .null, .integer, .status, .error, .string: self
            }
        }
    }

    @Test("any split of the bytes gives the same replies", arguments: 0..<200)
    func anySplit(seed: Int) throws {
        var generator = SeededDraw(seed: UInt64(seed))
        let trees = (0..<Int.random(in: 1...30, using: &generator)).map { _ in Tree.random(depth: 0, &generator) }
        var rest = ByteBuffer(bytes: trees.flatMap(\.bytes))
        let longest = [1, 7, 100, 5_000][seed % 4]
        let decoder = ReplyDecoder(limits: .init())
        // Replies are kept until the end: a later read must not change what an earlier one gave.
        var replies: [RedisReply] = []
        while rest.readableBytes > 0 {
            let length = min(rest.readableBytes, Int.random(in: 1...longest, using: &generator))
            let slice = rest.readSlice(length: length)
            let piece = try #require(slice)
            try decoder.feed(piece) { replies.append($0) }
        }
        #expect(replies.map { Tree($0) } == trees.map(\.normalized))
        for (reply, tree) in zip(replies, trees) {
            guard case .array(let children) = tree.normalized else { continue }
            #expect(reply.count == children.count)
            for (position, child) in children.enumerated() { #expect(Tree(reply[position]) == child) }
        }
    }

    @Test("a reply of many megabytes between small ones, in small pieces")
    func outsized() throws {
        let long = [UInt8](repeating: 7, count: 5_000_000)
        var bytes = ByteBuffer(bytes: Tree.array([.string(long), .integer(1)]).bytes + Tree.status("OK").bytes)
        let decoder = ReplyDecoder(limits: .init())
        var replies: [Tree] = []
        while let piece = bytes.readSlice(length: min(60_000, bytes.readableBytes)), piece.readableBytes > 0 {
            try decoder.feed(piece) { replies.append(Tree($0)) }
        }
        try decoder.feed(ByteBuffer(string: ":5\r\n")) { replies.append(Tree($0)) }
        #expect(replies == [.array([.string(long), .integer(1)]), .status("OK"), .integer(5)])
    }

    @Test("elements that are not there read as null")
    func missingElement() throws {
        let reply = try RedisReply("*2\r\n:1\r\n*1\r\n+x\r\n")
        #expect(reply[2].isNull)
        #expect(reply[-1].isNull)
        #expect(reply[0][0].isNull)
        #expect(reply[1][0].string == "x")
        #expect(Array(RedisReply.null).isEmpty)
        #expect(RedisReply.null.integer == nil)
    }

    @Test(
        "decimal strings read as integers, and nothing else does",
        arguments: [
            ("0", 0), ("-1", -1), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("007", 7),
            ("", nil), ("-", nil), ("+1", nil), (" 1", nil), ("1.5", nil), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("99999999999999999999", nil), ("123456789012345678901", nil),
        ] as [(String, Int?)]
    )
    func integers(text: String, expected: Int?) throws {
        #expect(try RedisReply("$\(text.utf8.count)\r\n\(text)\r\n").integer == expected)
    }

    @Test("bytes that are not UTF-8 are no text, and are not altered")
    func notText() throws {
        var bytes = ByteBuffer(string: "$2\r\n")
        bytes.writeBytes([0xFF, 0xFE])
        bytes.writeString("\r\n")
        let reply = try RedisReply(parsing: bytes)
        #expect(reply.string == nil)
        #expect(reply.bytes == [0xFF, 0xFE])
        #expect(reply.buffer == ByteBuffer(bytes: [0xFF, 0xFE]))
    }

    @Test("equality with a literal compares all bytes")
    func equality() throws {
        let reply = try RedisReply("$5\r\nhello\r\n")
        #expect(reply.equals("hello"))
        #expect(!reply.equals("hell"))
        #expect(!reply.equals("hello!"))
        #expect(try !RedisReply(":5\r\n").equals("5"))
    }

    @Test("the description shows the shape and no bytes")
    func description() throws {
        #expect("\(try RedisReply("*1\r\n$6\r\nsecret\r\n"))" == "array of 1")
        #expect("\(try RedisReply("$6\r\nsecret\r\n"))" == "string of 6 bytes")
    }
}
