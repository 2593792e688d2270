import Stepstream
import Tracing

/// What is sent of a span: the JSON of OTLP (opentelemetry-proto, `trace.proto`), with IDs in hexadecimal and times as text.
struct FinishedSpan: Sendable {
    let trace: TraceParent
    let parent: String?
    let kind: SpanKind
    let start: UInt64
    var name: String
    var attributes: SpanAttributes = [:]
    var status: SpanStatus?
    var end: UInt64 = 0

    init(_ trace: TraceParent, parent: String?, kind: SpanKind, name: String, start: UInt64) {
        self.trace = trace
        self.parent = parent
        self.kind = kind
        self.name = name
        self.start = start
    }

    var json: JSONText {
        var members: [(String, JSONText.Fragment)] = [("traceId", .string(trace.trace)), ("spanId", .string(trace.span))]
        if let parent { members.append(("parentSpanId", .string(parent))) }
        members += [
            ("name", .string(name)), ("kind", .integer(kind.number)), ("startTimeUnixNano", .string(String(start))),
            ("endTimeUnixNano", .string(String(max(start, end)))),
        ]
        var shown: [JSONText.Fragment] = []
        attributes.forEach { key, value in shown.append(.raw(Self.attribute(key, value: value))) }
        members.append(("attributes", .raw(.array(shown))))
        if let status { members.append(("status", .raw(Self.status(status)))) }
        return .object(members)
    }

    private static func status(_ status: SpanStatus) -> JSONText {
        var members: [(String, JSONText.Fragment)] = [("code", .integer(status.code == .ok ? 1 : 2))]
        if let message = status.message { members.append(("message", .string(message))) }
        return .object(members)
    }

    static func attribute(_ key: String, value: SpanAttribute) -> JSONText {
        let shown: (String, JSONText.Fragment) =
            switch value {
            case .int32(let number): ("intValue", .string(String(number)))
            case .int64(let number): ("intValue", .string(String(number)))
            case .bool(let value): ("boolValue", .bool(value))
            case .string(let text): ("stringValue", .string(text))
            // Nothing else is set here.
            default: ("stringValue", .string("\(value)"))
            }
        return .object([("key", .string(key)), ("value", .raw(.object([shown])))])
    }

    /// The body of a request.
    static func request(_ spans: [FinishedSpan], service: [(String, String)]) -> JSONText {
        let resource = service.map { JSONText.Fragment.raw(attribute($0.0, value: .string($0.1))) }
        let scope = JSONText.object([
            ("scope", .raw(.object([("name", .string("stepstream"))]))), ("spans", .raw(.array(spans.map { .raw($0.json) }))),
        ])
        let all = JSONText.object([
            ("resource", .raw(.object([("attributes", .raw(.array(resource)))]))), ("scopeSpans", .raw(.array([.raw(scope)]))),
        ])
        return .object([("resourceSpans", .raw(.array([.raw(all)])))])
    }
}

extension SpanKind {
    fileprivate var number: Int64 {
        switch self {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}
