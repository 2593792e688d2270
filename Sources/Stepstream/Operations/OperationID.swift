/// The name of one operation: 1-128 of `A-Z a-z 0-9 _ -`, starting with a letter or digit.
public struct OperationID: Hashable, Sendable, CustomStringConvertible {
    /// The text of the ID, as it stands in URLs and Redis keys.
    public let text: String

    /// Accepts `text` only if it keeps the rule above, so that an ID is always safe in a key, a URL and a header.
    public init?(_ text: String) {
        var text = text
        guard (1...128).contains(text.utf8.count), text.withUTF8(Self.isValid) else { return nil }
        self.text = text
    }

    private static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, first.isASCIILetterOrDigit else { return false }
        for byte in bytes {
            guard byte.isASCIILetterOrDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") else { return false }
        }
        return true
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// A new ID, time-ordered by this machine's clock.
    package static func fresh() -> OperationID {
        var generator = SystemRandomNumberGenerator()
        return .timeOrdered(milliseconds: Milliseconds.now.count, using: &generator)
    }

    /// A time-ordered ID: a UUID version 7 (RFC 9562 §5.7) of `milliseconds` since 1970 and 74 random bits.
    public static func timeOrdered(milliseconds: Int64, using generator: inout some RandomNumberGenerator) -> OperationID {
        let time = UInt64(clamping: milliseconds) & 0xFFFF_FFFF_FFFF
        let high = time << 16 | 0x7000 | generator.next() & 0xFFF
        let low = 0x8000_0000_0000_0000 | generator.next() & 0x3FFF_FFFF_FFFF_FFFF
        let text = String(unsafeUninitializedCapacity: 36) { buffer in
            var place = 0
            for word in [high, low] {
                for byte in 0..<8 {
                    let value = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * byte))
                    buffer[place] = Hexadecimal.digit(value >> 4)
                    buffer[place + 1] = Hexadecimal.digit(value)
                    place += 2
                    if place == 8 || place == 13 || place == 18 || place == 23 {
                        buffer[place] = UInt8(ascii: "-")
                        place += 1
                    }
                }
            }
            return place
        }
        return OperationID(unchecked: text)
    }

    /// The text.
    public var description: String { text }
}

extension UInt8 {
    var isASCIILetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }
}
