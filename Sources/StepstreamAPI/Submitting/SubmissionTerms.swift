import HTTPTypes
import Hummingbird
import Stepstream

/// What the header fields of a submission say.
struct SubmissionTerms {
    var caller: Caller
    var id: OperationID?
    var key: String?
    var preferences: Preferences
    var traceparent: String?

    /// Reads `fields`, those of `request`.
    ///
    /// - Throws: 422 for an `Operation-Id` or `Idempotency-Key` that cannot be one.
    init(_ request: Request, fields: RequestFields) throws(RequestProblem) {
        caller = Caller(of: request)
        preferences = fields.prefer.isEmpty ? Preferences() : Preferences(fields.prefer)
        if let text = fields.operationID {
            id = OperationID(text)
            if id == nil {
                throw RequestProblem(.unprocessable, faults: [.init(pointer: "Operation-Id", detail: SubmissionBody.idRule)])
            }
        }
        if let text = fields.idempotencyKey {
            key = Self.key(text)
            if key == nil {
                let rule = "A key is 1 to 255 visible ASCII characters, in quotes or bare."
                throw RequestProblem(.unprocessable, faults: [.init(pointer: "Idempotency-Key", detail: rule)])
            }
        }
        // Not the client's fault if it is not one: W3C Trace Context §3.2 has it ignored.
        traceparent = fields.traceparent.flatMap { TraceParent($0)?.text }
    }

    /// `request` under these terms.
    func applied(to request: SubmissionRequest) throws(RequestProblem) -> SubmissionRequest {
        if let header = id, let member = request.id, header != member {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "/id", detail: "The header Operation-Id names another ID.")])
        }
        var request = request
        request.id = id ?? request.id
        request.tenant = caller.tenant
        request.idempotencyKey = key
        request.traceparent = traceparent
        request.durability = preferences.durability
        request.respondsAsync = preferences.respondAsync
        request.wait = preferences.wait.map { .seconds($0) }
        return request
    }

    /// A string item (RFC 9651 §3.3.3) or, as many clients send it, the bare key.
    static func key(_ text: String) -> String? {
        let text = text[...].trimmed
        var key = text
        if text.hasPrefix("\"") {
            guard text.count >= 2, text.hasSuffix("\"") else { return nil }
            var isEscaped = false
            var unescaped = ""
            for character in text.dropFirst().dropLast() {
                if isEscaped {
                    guard character == "\"" || character == "\\" else { return nil }
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                    continue
                } else if character == "\"" {
                    return nil
                }
                unescaped.append(character)
            }
            if isEscaped { return nil }
            key = unescaped[...]
        }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(key)
    }
}
