/// A length of time or a point in Unix time, in whole milliseconds: the unit of every time in Redis and in definitions.
public struct Milliseconds: Hashable, Sendable, Comparable, Codable, ExpressibleByIntegerLiteral {
    /// The count.
    public var count: Int64

    /// `count` milliseconds.
    public init(_ count: Int64) { self.count = count }
    /// A literal count.
    public init(integerLiteral value: Int64) { count = value }
    /// A duration, rounded down.
    public init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        count = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
    /// Decodes the bare number.
    public init(from decoder: any Decoder) throws { count = try decoder.singleValueContainer().decode(Int64.self) }
    /// Encodes the bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }

    /// The same length as a `Duration`.
    public var duration: Duration { .milliseconds(count) }

    /// By size, or by text.
    public static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.count < right.count }
}
