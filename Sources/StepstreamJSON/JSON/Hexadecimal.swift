/// Hexadecimal digits, in small letters.
package enum Hexadecimal {
    /// Two digits a byte, of the first `count` bytes or all there are.
    package static func text(_ bytes: UnsafeRawBufferPointer, first count: Int = .max) -> String {
        let count = min(count, bytes.count)
        return String(unsafeUninitializedCapacity: 2 * count) { digits in
            for place in 0..<count {
                digits[2 * place] = digit(bytes[place] >> 4)
                digits[2 * place + 1] = digit(bytes[place])
            }
            return 2 * count
        }
    }

    /// The digit of the lower four bits of `value`. Inlinable, as an ID that is made asks for 32 of them.
    @inlinable
    @inline(__always)
    package static func digit(_ value: UInt8) -> UInt8 {
        let value = value & 15
        return value &+ (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }

    /// What the digit `byte` stands for, in small or capital letters; nil if it is none.
    package static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Whether `byte` is a digit; capital letters are none.
    package static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
