import Tracing

/// Names a span, and the trace it is of (W3C Trace Context).
struct TraceContext: Sendable, Hashable {
    /// 32 hexadecimal digits.
    var trace: String
    /// 16 hexadecimal digits.
    var span: String
    /// Whether the trace is recorded.
    var isSampled: Bool

    /// A new span of the trace of `parent`; without one, of a new trace.
    init(under parent: TraceContext?) {
        trace = parent?.trace ?? Self.digits(2)
        span = Self.digits(1)
        isSampled = parent?.isSampled ?? true
    }

    /// Reads a `traceparent`; nil if it is none. Versions to come may have more behind the flags.
    init?(_ traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4 else { return nil }
        guard parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2 else { return nil }
        guard parts[..<4].allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }), let flags = UInt8(parts[3], radix: 16) else { return nil }
        guard parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }) else { return nil }
        trace = String(parts[1])
        span = String(parts[2])
        isSampled = flags & 1 == 1
    }

    var traceparent: String { "00-\(trace)-\(span)-\(isSampled ? "01" : "00")" }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func digits(_ words: Int) -> String {
        (0..<words).map { _ in
            let text = String(UInt64.random(in: 1 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }
}

private enum TraceContextKey: ServiceContextKey {
    typealias Value = TraceContext
}

extension ServiceContext {
    var trace: TraceContext? {
        get { self[TraceContextKey.self] }
        set { self[TraceContextKey.self] = newValue }
    }
}
