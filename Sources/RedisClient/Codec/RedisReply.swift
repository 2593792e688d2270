/// One reply of Redis, or an element of one: a view of a tape, read in place.
package struct RedisReply: Sendable {
    /// What RESP2 knows.
    package enum Kind: UInt8, Sendable {
        case null, integer, status, string, array, error
    }

    private let tape: ReplyTape
    private let index: Int

    init(_ tape: ReplyTape, at index: Int = 0) {
        self.tape = tape
        self.index = index
    }

    private var token: ReplyTape.Token { tape.tokens[index] }

    /// What it is.
    package var kind: Kind { token.kind }
    /// Whether it is the null reply.
    package var isNull: Bool { token.kind == .null }

    /// The text of a string, status or error; an integer as text.
    package var string: String? {
        switch token.kind {
        case .status, .string, .error: String(decoding: tape.slab[range], as: UTF8.self)
        case .integer: String(token.value)
        case .null, .array: nil
        }
    }

    /// The value of an integer, or of a string that is one.
    package var integer: Int? {
        switch token.kind {
        case .integer: token.value
        case .string, .status: Int(String(decoding: tape.slab[range], as: UTF8.self))
        case .null, .array, .error: nil
        }
    }

    /// The bytes of a string, status or error.
    package var bytes: ArraySlice<UInt8>? {
        switch token.kind {
        case .status, .string, .error: tape.slab[range]
        case .integer, .null, .array: nil
        }
    }

    /// The error, if it is one.
    package var error: RedisError? {
        token.kind == .error ? RedisError(reply: String(decoding: tape.slab[range], as: UTF8.self)) : nil
    }

    private var range: Range<Int> { token.value..<(token.value + token.extent) }
}

extension RedisReply: Sequence {
    /// Goes through the elements of an array; through nothing for anything else.
    package struct Iterator: IteratorProtocol {
        fileprivate let tape: ReplyTape
        fileprivate var position: Int
        fileprivate let end: Int

        package mutating func next() -> RedisReply? {
            guard position < end else { return nil }
            defer { position = tape.end(of: position) }
            return RedisReply(tape, at: position)
        }
    }

    package func makeIterator() -> Iterator {
        Iterator(tape: tape, position: index + 1, end: kind == .array ? token.extent : index + 1)
    }

    package var underestimatedCount: Int { count }

    /// The number of elements of an array; 0 for anything else.
    package var count: Int { kind == .array ? token.value : 0 }

    /// The first element.
    package var first: RedisReply? { count > 0 ? self[0] : nil }

    /// Element `position` of an array, found by going through those before it. The element must exist; check `count`.
    package subscript(position: Int) -> RedisReply {
        precondition(position >= 0 && position < count, "a reply of \(count) elements has no element \(position)")
        var index = index + 1
        for _ in 0..<position { index = tape.end(of: index) }
        return RedisReply(tape, at: index)
    }
}
