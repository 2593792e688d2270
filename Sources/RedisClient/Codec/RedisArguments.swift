package import NIOCore

/// A value that can be an argument of a command.
package protocol RedisArgument: Sendable {
    func append(to arguments: inout RedisArguments)
}

/// Arguments of a command, kept in the very bytes that go over the wire (RESP2 bulk strings).
///
/// Each append formats into one buffer and allocates only when that buffer has to grow; ``init(reserving:)`` avoids this too.
package struct RedisArguments: Sendable, Hashable {
    /// The most bytes that `$<length>\r\n` and the final `\r\n` take.
    private static let framing = 24

    private(set) var buffer: ByteBuffer
    /// The number of arguments.
    package private(set) var count = 0

    package init() {
        buffer = ByteBuffer()
    }

    /// Reserves room for `bytes` bytes; an argument takes its own length and at most 24 more.
    package init(reserving bytes: Int) {
        buffer = ByteBuffer()
        buffer.reserveCapacity(bytes)
    }

    /// Bytes on the wire.
    package var byteCount: Int { buffer.readableBytes }

    package mutating func append(_ text: String) {
        count += 1
        Self.writeText(text, to: &buffer)
    }

    /// Appends one argument that is `first` and `second` in one, without making it a text before.
    package mutating func append(_ first: String, joinedTo second: String) {
        count += 1
        Self.withBytes(of: first) { first in
            Self.withBytes(of: second) { second in Self.writeBulk(first, then: second, to: &buffer) }
        }
    }

    package mutating func append(_ number: Int) {
        count += 1
        Self.writeNumber(number, to: &buffer)
    }

    package mutating func append(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { append(bytes: $0) }
    }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        let appended: Void? = bytes.withContiguousStorageIfAvailable { append(bytes: UnsafeRawBufferPointer($0)) }
        if appended == nil { Array(bytes).withUnsafeBytes { append(bytes: $0) } }
    }

    package mutating func append(bytes: UnsafeRawBufferPointer) {
        count += 1
        Self.writeBulk(bytes, to: &buffer)
    }

    /// Appends all of `other`.
    package mutating func append(contentsOf other: RedisArguments) {
        count += other.count
        buffer.writeImmutableBuffer(other.buffer)
    }

    /// Writes `<mark><number>\r\n` at the start of `room` and returns its length.
    private static func writeHead(_ mark: UInt8, number: Int, in room: UnsafeMutableRawBufferPointer) -> Int {
        var length = 1
        var rest = number
        while rest > 9 {
            rest /= 10
            length += 1
        }
        room[0] = mark
        _ = writeDigits(of: number, endingAt: length + 1, in: room)
        room[length + 1] = UInt8(ascii: "\r")
        room[length + 2] = UInt8(ascii: "\n")
        return length + 3
    }

    /// Writes `number` in decimal so that it ends before `end`; returns where it starts.
    private static func writeDigits(of number: Int, endingAt end: Int, in room: UnsafeMutableRawBufferPointer) -> Int {
        var start = end
        var rest = number.magnitude
        repeat {
            start -= 1
            room[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if number < 0 {
            start -= 1
            room[start] = UInt8(ascii: "-")
        }
        return start
    }

    /// Writes the head of a request with `count` parts, `*<count>\r\n`.
    static func writeRequestHead(_ count: Int, to buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: framing) { writeHead(UInt8(ascii: "*"), number: count, in: $0) }
    }
}

extension RedisArguments: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: any RedisArgument...) {
        self.init()
        for element in elements { element.append(to: &self) }
    }
}

extension String: RedisArgument {
    package func append(to arguments: inout RedisArguments) { arguments.append(self) }
}

extension Int: RedisArgument {
    package func append(to arguments: inout RedisArguments) { arguments.append(self) }
}

extension ByteBuffer: RedisArgument {
    package func append(to arguments: inout RedisArguments) { arguments.append(self) }
}

extension [UInt8]: RedisArgument {
    package func append(to arguments: inout RedisArguments) { arguments.append(self) }
}

extension RedisArguments {
    /// Writes one argument: `$<length>\r\n<bytes>\r\n`.
    static func writeBulk(
        _ bytes: UnsafeRawBufferPointer,
        then more: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        to buffer: inout ByteBuffer
    ) {
        let length = bytes.count + more.count
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length + framing) { room in
            var end = writeHead(UInt8(ascii: "$"), number: length, in: room)
            if bytes.count > 0 { UnsafeMutableRawBufferPointer(rebasing: room[end...]).copyMemory(from: bytes) }
            end += bytes.count
            if more.count > 0 { UnsafeMutableRawBufferPointer(rebasing: room[end...]).copyMemory(from: more) }
            end += more.count
            room[end] = UInt8(ascii: "\r")
            room[end + 1] = UInt8(ascii: "\n")
            return end + 2
        }
    }

    static func writeText(_ text: String, to buffer: inout ByteBuffer) {
        withBytes(of: text) { writeBulk($0, to: &buffer) }
    }

    /// Without a copy of the text, as its own `withUTF8` needs one to change.
    @inline(__always)
    private static func withBytes(of text: String, do body: (UnsafeRawBufferPointer) -> Void) {
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
        if done == nil { Array(text.utf8).withUnsafeBytes(body) }
    }

    static func writeNumber(_ number: Int, to buffer: inout ByteBuffer) {
        // 20 bytes hold any 64-bit integer with its sign.
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            let start = writeDigits(of: number, endingAt: 20, in: digits)
            writeBulk(UnsafeRawBufferPointer(rebasing: digits[start..<20]), to: &buffer)
        }
    }

    /// The first argument as text, if it has at most 32 bytes.
    var firstShort: String? {
        var rest = buffer
        return Self.readArgument(from: &rest, atMost: 32)
    }

    /// Whether one of the arguments is `word`, an ASCII word in capitals, in any case.
    func contains(_ word: StaticString) -> Bool {
        var rest = buffer
        while rest.readableBytes > 0 {
            if Self.readArgument(from: &rest, atMost: word.utf8CodeUnitCount)?.uppercased() == word.description { return true }
        }
        return false
    }

    /// Reads past one of our own `$<length>\r\n<bytes>\r\n`; nil when it is longer than `limit`.
    private static func readArgument(from buffer: inout ByteBuffer, atMost limit: Int) -> String? {
        var length = 0
        buffer.moveReaderIndex(forwardBy: min(1, buffer.readableBytes))
        while let byte = buffer.readInteger(as: UInt8.self), byte != UInt8(ascii: "\r") {
            length = length * 10 + Int(byte) - 48
        }
        guard buffer.readableBytes >= length + 3 else {
            buffer.clear()
            return nil
        }
        defer { buffer.moveReaderIndex(forwardBy: length + 3) }
        return length <= limit ? buffer.getString(at: buffer.readerIndex + 1, length: length) : nil
    }
}
