/// JSON written into one row of bytes, its punctuation too: for what stands in every answer. An operation takes a fifth of the instructions
/// that it takes as `JSONText.Fragment`s inside each other.
package struct JSONWriter: Sendable {
    /// What was written.
    package private(set) var bytes: [UInt8]

    /// A writer with room for `count` bytes; more are taken too.
    package init(reserving count: Int) {
        bytes = [UInt8](reserving: count)
    }

    /// What was written, as text.
    package var json: JSONText { JSONText(written: bytes) }

    /// Text of the program: members up to the next value that is not known before, say.
    package mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Text that is JSON, or that stands in a string and needs no escape there.
    package mutating func raw(_ text: String) {
        bytes.append(text: text)
    }

    /// What another writer has written.
    package mutating func raw(_ other: JSONWriter) {
        bytes.append(contentsOf: other.bytes)
    }

    /// A string in its quotes, escaped as needed.
    package mutating func string(_ text: String) {
        bytes.append(jsonString: text)
    }

    /// A whole number.
    package mutating func integer(_ number: Int) {
        if 0..<10 ~= number {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
        } else {
            bytes.append(text: String(number))
        }
    }

    /// A time in its quotes.
    package mutating func time(_ time: Milliseconds) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Timestamp.length + 2) { text in
            text[0] = UInt8(ascii: "\"")
            Timestamp.write(time, to: UnsafeMutableBufferPointer(rebasing: text[1...]))
            text[Timestamp.length + 1] = UInt8(ascii: "\"")
            bytes.append(contentsOf: UnsafeBufferPointer(text))
        }
    }

    /// What stands between the quotes when `text` is a string.
    package static func inside(_ text: String) -> String {
        var text = text
        if text.withUTF8([UInt8].needsNoEscape) { return text }
        var bytes: [UInt8] = []
        bytes.append(jsonString: text)
        return String(decoding: bytes[1..<bytes.count - 1], as: UTF8.self)
    }
}
