/// The elements of an array reply, in order; nothing for other kinds.
extension RedisReply: Sequence {
    /// Walks the elements without allocating; an element's own children are skipped in one step.
    package struct Iterator: IteratorProtocol {
        private let tape: ReplyTape
        private var position: Int
        private let end: Int

        init(_ reply: RedisReply) {
            tape = reply.tape
            position = reply.index + 1
            end = reply.kind == .array ? reply.index + reply.tape.span(at: reply.index) : position
        }

        @inline(__always)
        package mutating func next() -> RedisReply? {
            guard position < end else { return nil }
            defer { position += tape.span(at: position) }
            return RedisReply(tape: tape, index: position)
        }
    }

    package func makeIterator() -> Iterator { Iterator(self) }

    package var underestimatedCount: Int { count }

    /// The element at `position`, counted from 0; a null reply when there is none, so that a short reply reads as one with
    /// missing values instead of ending the process.
    ///
    /// In constant time for an array without nested arrays, else in as many steps as elements precede it.
    package subscript(position: Int) -> RedisReply {
        let count = count
        guard position >= 0, position < count else { return .null }
        if tape.span(at: index) == count + 1 { return RedisReply(tape: tape, index: index + 1 + position) }
        var element = index + 1
        for _ in 0..<position { element += tape.span(at: element) }
        return RedisReply(tape: tape, index: element)
    }
}

extension RedisReply: CustomStringConvertible {
    /// The shape of the reply; never its bytes, which may be somebody's data.
    package var description: String {
        switch kind {
        case .null: "null"
        case .integer: "integer"
        case .status: "status of \(tape.length(at: index)) bytes"
        case .string: "string of \(tape.length(at: index)) bytes"
        case .array: "array of \(count)"
        case .error: "error of \(tape.length(at: index)) bytes"
        }
    }
}
