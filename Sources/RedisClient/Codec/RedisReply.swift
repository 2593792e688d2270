import Glibc
package import NIOCore

/// One reply of Redis, read in place.
///
/// A value of sixteen bytes that points into the memory of the read it came with; taking an element or iterating allocates
/// nothing. `string`, `bytes` and `buffer` copy. Keep those, not the reply: it holds on to all replies of the same read.
package struct RedisReply: Sendable {
    /// What kind of value a reply is (RESP2).
    package enum Kind: UInt8, Sendable {
        /// A null bulk string or null array.
        case null = 0
        case integer = 1
        /// A simple string, such as `OK`.
        case status = 2
        /// A bulk string: any bytes.
        case string = 3
        case array = 4
        /// An error, at the top of a pipeline's reply or inside an array.
        case error = 5
    }

    let tape: ReplyTape
    let index: Int

    @inline(__always)
    init(tape: ReplyTape, index: Int) {
        self.tape = tape
        self.index = index
    }

    /// A reply that is null.
    package static var null: RedisReply { RedisReply(tape: .null, index: 0) }

    package var kind: Kind { tape.kind(at: index) }

    package var isNull: Bool { kind == .null }

    /// The elements of an array; 0 for everything else.
    package var count: Int { kind == .array ? tape.length(at: index) : 0 }

    /// The integer, or the integer that a string's decimal digits spell; nil for everything else, out of range included.
    package var integer: Int? {
        switch kind {
        case .integer: tape.integer(at: index)
        case .string, .status: tape.withBytes(at: index, do: Self.parseInteger)
        case .null, .array, .error: nil
        }
    }

    /// The text of a string or status; nil for other kinds and for bytes that are not UTF-8.
    package var string: String? {
        switch kind {
        case .string, .status: tape.withBytes(at: index, do: Self.text)
        case .null, .integer, .array, .error: nil
        }
    }

    /// ASCII, which nearly all is, without what is generic over encodings: that looks up its metadata at each call.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        var high: UInt8 = 0
        for byte in bytes { high |= byte }
        guard high < 0x80 else { return String(validating: bytes.assumingMemoryBound(to: UInt8.self), as: UTF8.self) }
        return String(unsafeUninitializedCapacity: bytes.count) { room in
            UnsafeMutableRawBufferPointer(room).copyMemory(from: bytes)
            return bytes.count
        }
    }

    /// A copy of the bytes of a string or status; nil for other kinds.
    package var bytes: [UInt8]? { withBytes { Array($0) } }

    /// A copy of the bytes of a string or status; nil for other kinds.
    package var buffer: ByteBuffer? { withBytes { ByteBuffer(bytes: $0) } }

    /// The error, for a reply of kind ``Kind/error``.
    package var error: RedisError? {
        guard kind == .error else { return nil }
        return tape.withBytes(at: index) { RedisError(reply: String(decoding: $0, as: UTF8.self)) }
    }

    /// Calls `body` with the bytes of a string or status, which are valid inside only; nil for other kinds.
    @inline(__always)
    package func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R? {
        switch kind {
        case .string, .status: try tape.withBytes(at: index, do: body)
        case .null, .integer, .array, .error: nil
        }
    }

    /// Whether this is a string or status of exactly these bytes. Allocates nothing.
    package func equals(_ text: StaticString) -> Bool {
        withBytes { Self.areEqual($0, UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) } ?? false
    }

    /// Whether this is a string or status of exactly the bytes of `text`. Allocates nothing.
    package func equals(_ text: String) -> Bool {
        var text = text
        return withBytes { bytes in text.withUTF8 { Self.areEqual(bytes, UnsafeRawBufferPointer($0)) } } ?? false
    }

    private static func areEqual(_ one: UnsafeRawBufferPointer, _ two: UnsafeRawBufferPointer) -> Bool {
        guard one.count == two.count else { return false }
        guard let start = one.baseAddress, let other = two.baseAddress else { return true }
        return memcmp(start, other, one.count) == 0
    }

    /// The decimal integer that all of `bytes` spell, with an optional sign.
    private static func parseInteger(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let first = bytes.first, bytes.count <= 20 else { return nil }
        let negative = first == UInt8(ascii: "-")
        let digits = negative ? bytes.dropFirst() : bytes[...]
        guard !digits.isEmpty else { return nil }
        var value = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            // Downwards, since Int.min has no positive counterpart.
            let (sum, overflowedToo) = product.subtractingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflowed, !overflowedToo else { return nil }
            value = sum
        }
        if negative { return value }
        return value == Int.min ? nil : -value
    }
}
