import HTTPTypes

/// The header fields that routes with a body look at, found in one pass: asking for one by its name goes through all of them, and joins
/// what it finds into a new text.
struct RequestFields {
    private(set) var contentType: String?
    private(set) var contentEncoding: String?
    private(set) var contentLength: String?
    private(set) var prefer: [String] = []
    private(set) var operationID: String?
    private(set) var idempotencyKey: String?
    private(set) var traceparent: String?

    init(_ fields: HTTPFields) {
        for field in fields {
            switch field.name {
            case .contentType: Self.join(field, to: &contentType)
            case .contentLength: Self.join(field, to: &contentLength)
            case .prefer: prefer.append(field.value)
            case .operationID: Self.join(field, to: &operationID)
            case .idempotencyKey: Self.join(field, to: &idempotencyKey)
            case .traceparent: Self.join(field, to: &traceparent)
            case .contentEncoding: Self.join(field, to: &contentEncoding)
            default: break
            }
        }
    }

    /// Several fields of one name are one list (RFC 9110 §5.3).
    private static func join(_ field: HTTPField, to text: inout String?) {
        text = text.map { $0 + ", " + field.value } ?? field.value
    }
}
