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
            var position = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = nibble < 16 ? high : low
                buffer[position] = Hexadecimal.digit(UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble & 15))))
                position += 1
            }
            return position
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
