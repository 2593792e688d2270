/// Bytes as hexadecimal digits, in small letters.
package enum Hexadecimal {
    /// Two digits a byte, of the first `count` bytes or all there are.
    package static func text(_ bytes: UnsafeRawBufferPointer, first count: Int = .max) -> String {
        let count = min(count, bytes.count)
        return String(unsafeUninitializedCapacity: 2 * count) { digits in
            for place in 0..<count {
                digits[2 * place] = digit(bytes[place] >> 4)
                digits[2 * place + 1] = digit(bytes[place] & 15)
            }
            return 2 * count
        }
    }

    /// The digit of a value below 16.
    @inline(__always)
    static func digit(_ value: UInt8) -> UInt8 {
        value &+ (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }
}
