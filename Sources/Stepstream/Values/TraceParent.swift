/// Names a span, and the trace it belongs to: the `traceparent` of W3C Trace Context.
package struct TraceParent: Sendable, Hashable {
    /// 32 hexadecimal digits.
    package let trace: String
    /// 16 hexadecimal digits.
    package let span: String
    /// Bit 0: the trace is recorded.
    package let flags: UInt8

    /// The span `span` of the trace `trace`.
    package init(trace: String, span: String, isSampled: Bool) {
        self.trace = trace
        self.span = span
        flags = isSampled ? 1 : 0
    }

    /// Reads a `traceparent` (§3.2.2); nil if it is none. Versions to come may have more behind the flags.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[..<4].map(\.count) == [2, 32, 16, 2], parts[..<4].allSatisfy(Self.isHexadecimal) else { return nil }
        let version = String(Substring(parts[0]))
        guard version != "ff", version != "00" || parts.count == 4 else { return nil }
        guard !Self.isZero(parts[1]), !Self.isZero(parts[2]), let flags = UInt8(Substring(parts[3]), radix: 16) else { return nil }
        trace = String(Substring(parts[1]))
        span = String(Substring(parts[2]))
        self.flags = flags
    }

    /// Whether the trace is recorded.
    package var isSampled: Bool { flags & 1 == 1 }

    /// As it is sent on, in version 00.
    package var text: String { "00-\(trace)-\(span)-\(withUnsafeBytes(of: flags) { Hexadecimal.text($0) })" }

    private static func isHexadecimal(_ part: Substring.UTF8View) -> Bool { part.allSatisfy(Hexadecimal.isDigit) }

    private static func isZero(_ part: Substring.UTF8View) -> Bool { part.allSatisfy { $0 == UInt8(ascii: "0") } }
}
