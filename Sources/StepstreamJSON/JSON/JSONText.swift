/// JSON that has been checked once and is carried on as the text it came as.
///
/// Payloads are never decoded and encoded again on their way (numbers and member order survive).
public struct JSONText: Hashable, Sendable, CustomStringConvertible {
    /// The text, UTF-8.
    public let text: String

    /// Takes text that is known to be JSON: out of our own encoder, or read back from the store.
    public init(trusted text: String) { self.text = text }

    /// The text.
    public var description: String { text }

    /// `null`.
    public static let null = JSONText(trusted: "null")
    /// `{}`.
    public static let emptyObject = JSONText(trusted: "{}")
}
