import NIOCore

/// Arguments of a command, formatted as RESP bulk strings the moment they are added.
package struct RedisArguments: Sendable {
    private(set) var buffer = ByteBuffer()
    /// How many there are.
    package private(set) var count = 0

    /// None.
    package init() {}

    /// Adds a text, as UTF-8.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Adds a number in digits.
    package mutating func append(_ number: Int) {
        append(String(number))
    }

    /// Adds bytes as they are.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        count += 1
        let room = bytes.count + 24
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            var position = 0
            target[position] = UInt8(ascii: "$")
            position += 1
            position += RedisArguments.write(bytes.count, to: target, at: position)
            target[position] = UInt8(ascii: "\r")
            target[position + 1] = UInt8(ascii: "\n")
            position += 2
            if bytes.count > 0 { UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(from: bytes) }
            position += bytes.count
            target[position] = UInt8(ascii: "\r")
            target[position + 1] = UInt8(ascii: "\n")
            return position + 2
        }
    }

    /// Adds all of `other`.
    package mutating func append(contentsOf other: RedisArguments) {
        count += other.count
        buffer.writeImmutableBuffer(other.buffer)
    }

    /// Writes `number` in digits at `position` and returns how many.
    static func write(_ number: Int, to target: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
        var digits = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        rest = number
        for place in stride(from: position + digits - 1, through: position, by: -1) {
            target[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        return digits
    }
}

/// A command and its arguments.
package struct RedisCommand: Sendable {
    /// The command's name, for log and error messages.
    package let name: String
    private let head: RedisArguments
    private let tail: [RedisArguments]

    /// A command with few, short arguments.
    package init(_ name: String, _ arguments: String...) {
        self.name = name
        var head = RedisArguments()
        head.append(name)
        for argument in arguments { head.append(argument) }
        self.head = head
        tail = []
    }

    /// A command with arguments that have been collected.
    package init(_ name: String, arguments first: RedisArguments, _ more: RedisArguments...) {
        self.name = name
        var head = RedisArguments()
        head.append(name)
        self.head = head
        tail = [first] + more
    }

    /// How many bytes it takes on the wire, nearly.
    var size: Int { tail.reduce(head.buffer.readableBytes + 16) { $0 + $1.buffer.readableBytes } }

    /// Appends the command as it goes over the wire.
    func write(to buffer: inout ByteBuffer) {
        let count = tail.reduce(head.count) { $0 + $1.count }
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 24) { target in
            target[0] = UInt8(ascii: "*")
            let digits = RedisArguments.write(count, to: target, at: 1)
            target[digits + 1] = UInt8(ascii: "\r")
            target[digits + 2] = UInt8(ascii: "\n")
            return digits + 3
        }
        buffer.writeImmutableBuffer(head.buffer)
        for part in tail { buffer.writeImmutableBuffer(part.buffer) }
    }
}
