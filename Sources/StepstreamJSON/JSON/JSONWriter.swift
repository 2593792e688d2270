/// JSON written into one row of bytes, its punctuation too: for what stands in every answer. An operation takes a tenth of the instructions
/// that it takes as `JSONText.Fragment`s inside each other.
package struct JSONWriter: ~Copyable {
    // Not an array: its checks for every piece, of its owner and its room and its end, cost as much again as copying the pieces.
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// How many bytes were written.
    package private(set) var count = 0

    /// A writer with room for `capacity` bytes; more are taken too.
    package init(reserving capacity: Int) {
        self.capacity = max(capacity, 64)
        start = .allocate(capacity: self.capacity)
    }

    deinit {
        start.deallocate()
    }

    /// What was written, as text.
    package var json: JSONText { JSONText(trusted: withBytes { String(decoding: $0, as: UTF8.self) }) }

    /// Hands out what was written, for as long as `body` runs.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Text of the program: members up to the next value that is not known before, say.
    package mutating func fixed(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Text that is JSON, or that stands in a string and needs no escape there.
    package mutating func raw(_ text: String) {
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { append($0) }
        if done == nil { Array(text.utf8).withUnsafeBufferPointer { append($0) } }
    }

    /// A string in its quotes, escaped as needed.
    package mutating func string(_ text: String) {
        fixed("\"")
        raw(Self.inside(text))
        fixed("\"")
    }

    /// A whole number.
    package mutating func integer(_ number: Int) {
        guard 0..<10 ~= number else { return raw(String(number)) }
        makeRoom(for: 1)
        start[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)
        count += 1
    }

    /// A string of `length` bytes, in its quotes, which `write` fills in; they need no escape.
    package mutating func string(of length: Int, write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        makeRoom(for: length + 2)
        start[count] = UInt8(ascii: "\"")
        write(UnsafeMutableBufferPointer(start: start + count + 1, count: length))
        start[count + length + 1] = UInt8(ascii: "\"")
        count += length + 2
    }

    /// What stands between the quotes when `text` is a string.
    package static func inside(_ text: String) -> String {
        let isPlain = text.utf8.withContiguousStorageIfAvailable([UInt8].needsNoEscape) ?? false
        if isPlain { return text }
        var bytes: [UInt8] = []
        bytes.append(jsonString: text)
        return String(decoding: bytes[1..<bytes.count - 1], as: UTF8.self)
    }

    @inline(__always)
    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.baseAddress else { return }
        makeRoom(for: bytes.count)
        (start + count).update(from: first, count: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    private mutating func makeRoom(for more: Int) {
        if capacity - count < more { grow(to: max(2 * capacity, count + more)) }
    }

    private mutating func grow(to capacity: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
        self.capacity = capacity
    }
}
