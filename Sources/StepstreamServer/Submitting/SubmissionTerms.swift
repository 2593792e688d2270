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
    /// Ends when nobody waits for the answer any more.
    var clientGone: AsyncStream<Void>?

    /// Reads the fields of `request`.
    ///
    /// - Throws: 422 for an `Operation-Id` or `Idempotency-Key` that cannot be one.
    init(_ request: Request, _ fields: RequestFields) throws(RequestProblem) {
        caller = Caller(of: request)
        preferences = fields.prefer.isEmpty ? Preferences() : Preferences(fields.prefer)
        if let text = fields.operationID {
            id = OperationID(text)
            if id == nil {
                throw RequestProblem(.unprocessable, faults: [.init(pointer: "Operation-Id", detail: SubmissionRequest.idRule)])
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
        traceparent = fields.traceparent.flatMap { Self.isTraceparent($0) ? $0 : nil }
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

    /// W3C Trace Context §3.2.2: version 00, neither trace nor parent all zeros.
    static func isTraceparent(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2], !parts[0].elementsEqual("ff".utf8) else { return false }
        let isZero = { (part: Substring.UTF8View) in part.allSatisfy { $0 == UInt8(ascii: "0") } }
        guard !isZero(parts[1]), !isZero(parts[2]) else { return false }
        return parts.allSatisfy { part in
            part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
        }
    }
}
