/// A name inside the system (operation type, step, queue, tenant, Swift handler): 1-64 of `a-z 0-9 _ -`.
///
/// The rule keeps every name safe as a part of a Redis key, a field, a URL and a metric label.
public struct Name: Hashable, Sendable, Comparable, CustomStringConvertible, Codable, ExpressibleByStringLiteral {
    /// The text of the name.
    public let text: String

    /// Accepts `text` only if it keeps the rule above.
    public init?(_ text: String) {
        var text = text
        guard (1...64).contains(text.utf8.count), text.withUTF8(Name.allows) else { return nil }
        self.text = text
    }

    /// A name written in code. A literal that breaks the rule is a programmer's error and stops the program.
    public init(stringLiteral value: StaticString) {
        guard let name = Name("\(value)") else { preconditionFailure("\"\(value)\" is not a name: \(Name.rule)") }
        self = name
    }

    /// Decodes a string, throwing `DecodingError` if it is not a name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = Name(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a name: \(Name.rule)")
        }
        self = name
    }

    /// Encodes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// By size, or by text.
    public static func < (left: Name, right: Name) -> Bool { left.text < right.text }
    /// The text.
    public var description: String { text }

    /// The rule in words, for error messages.
    public static let rule = "1 to 64 of a-z, 0-9, _ and -"

    private static func allows(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }
}
