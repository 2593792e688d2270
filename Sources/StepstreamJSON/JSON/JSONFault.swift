/// Why a text is not JSON that we take (RFC 8259, I-JSON's rules for keys and strings, and our limits), and where.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The byte at which reading stopped, from 0.
    public var offset: Int
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int
    /// The value that was being read; the root when nothing had been opened.
    public var pointer: JSONPointer
    /// What is wrong, without any of the text itself.
    public var words: String

    /// The place and what is wrong there.
    public var description: String {
        let place = pointer.tokens.isEmpty ? "" : " (in \(pointer))"
        return "line \(line), column \(column): \(words)\(place)"
    }

    package init(offset: Int, in bytes: [UInt8], pointer: JSONPointer, words: String) {
        self.offset = offset
        self.pointer = pointer
        self.words = words
        let before = bytes[..<min(offset, bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        column = 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 }
    }
}
