package import Foundation

/// What Stepstream sends a handler about the attempt, over HTTP as well as to a program on its standard input.
package struct StepRequest: Codable, Sendable, Hashable {
    package var operation: String
    package var type: String
    package var step: String
    package var attempt: Int
    package var input: Order

    package init(operation: String, type: String, step: String, attempt: Int, input: Order) {
        self.operation = operation
        self.type = type
        self.step = step
        self.attempt = attempt
        self.input = input
    }

    /// What must be the same whenever the same idempotency key comes again: all but the attempt's number and other steps' results.
    /// It is JSON with sorted keys, kept as it is: an order is short, and a person can read in the database what was asked.
    package func fingerprint() throws -> String {
        var request = self
        request.attempt = 0
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(request), as: UTF8.self)
    }
}

/// One call of an endpoint, read from the header fields and the body.
package struct StepCall: Sendable {
    package var key: IdempotencyKey
    /// The claim under which the caller acts; grows with every claim. Nil when the caller has none.
    package var epoch: Int64?
    package var request: StepRequest

    package var order: Order { request.input }

    package init(key: IdempotencyKey, epoch: Int64?, request: StepRequest) {
        self.key = key
        self.epoch = epoch
        self.request = request
    }

    /// - Throws: the `Answer` to give (400 or 422) when a field is missing or cannot be read.
    package init(key: String?, epoch: String?, body: Data) throws(Answer) {
        guard let key else {
            throw .problem(400, "missing-key", "Idempotency-Key is missing", "Send \"<operation>/<step>\" in the Idempotency-Key field.")
        }
        guard let parsed = IdempotencyKey(header: key) else {
            throw .problem(
                400,
                "unreadable-key",
                "Idempotency-Key cannot be read",
                "It must be a quoted string of 1 to 400 visible characters."
            )
        }
        var number: Int64?
        if let epoch {
            guard let read = Int64(epoch), read >= 0 else {
                throw .problem(
                    400,
                    "unreadable-epoch",
                    "Stepstream-Epoch cannot be read",
                    "It must be a whole number that is not negative."
                )
            }
            number = read
        }
        do {
            request = try JSONDecoder().decode(StepRequest.self, from: body)
        } catch DecodingError.dataCorrupted(let found) where found.codingPath.isEmpty {
            throw .problem(400, "unreadable-request", "The body is not JSON", "Send the JSON object that Stepstream's http handler sends.")
        } catch let error as DecodingError {
            throw .problem(422, "unreadable-request", "The body is not a step's request", error.place)
        } catch {
            throw .problem(
                400,
                "unreadable-request",
                "The body cannot be read",
                "Send the JSON object that Stepstream's http handler sends."
            )
        }
        self.key = parsed
        self.epoch = number
    }
}

extension DecodingError {
    /// Where the JSON is wrong, as a JSON pointer (RFC 6901), and what is wrong there; never the values found.
    package var place: String {
        let context: Context
        switch self {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        case .keyNotFound(let key, let found): return "\(found.pointer)/\(key.stringValue) is missing."
        @unknown default: return "It cannot be decoded."
        }
        return "\(context.pointer.isEmpty ? "The whole" : context.pointer): \(context.debugDescription)"
    }
}

extension DecodingError.Context {
    fileprivate var pointer: String { codingPath.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined() }
}
