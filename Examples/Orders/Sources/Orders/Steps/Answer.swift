import Foundation

/// What an endpoint answers: a step's result, or a problem (RFC 9457).
package struct Answer: Error, Sendable, Hashable {
    /// How the answer reaches the caller.
    package enum Delivery: Sendable, Hashable {
        case sent
        /// The connection is closed without a byte of answer.
        case cut
        /// Nothing is answered for so long that the caller gives up; then the connection is closed.
        case heldBack
    }

    package var status: Int
    /// JSON text.
    package var body: String
    /// Seconds, for the `Retry-After` field.
    package var retryAfter: Int?
    package var delivery = Delivery.sent
    /// Whether these are the stored words of an earlier call with the same key.
    package var isReplay = false

    package var isProblem: Bool { status >= 400 }

    package init(status: Int, body: String, retryAfter: Int? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }

    /// 200 with a step's result.
    package static func result(_ value: some Encodable) throws -> Answer {
        Answer(status: 200, body: try JSONEncoder.answers.text(value))
    }

    package static func problem(
        _ status: Int,
        _ name: String,
        _ title: String,
        _ detail: String,
        retryAfter: Int? = nil,
        shortages: [Shortage] = []
    ) -> Answer {
        let problem = ProblemBody(
            type: ProblemBody.base + name,
            title: title,
            status: status,
            detail: detail,
            shortages: shortages.isEmpty ? nil : shortages
        )
        // Strings and whole numbers always encode; should that change, the status still shows the caller what to do.
        let body = (try? JSONEncoder.answers.text(problem)) ?? "{\"status\":\(status)}"
        return Answer(status: status, body: body, retryAfter: retryAfter)
    }
}

/// A product of which less is left than was ordered.
package struct Shortage: Codable, Sendable, Hashable {
    package var productId: Int
    package var wanted: Int
    /// Zero also when there is no such product.
    package var left: Int

    package init(productId: Int, wanted: Int, left: Int) {
        self.productId = productId
        self.wanted = wanted
        self.left = left
    }
}

/// The body of a problem.
package struct ProblemBody: Codable, Sendable, Hashable {
    /// `.example` is reserved (RFC 2606), so these names belong to nobody.
    package static let base = "https://orders.example/problems/"

    package var type: String
    package var title: String
    package var status: Int
    package var detail: String
    package var shortages: [Shortage]?
}

extension JSONEncoder {
    /// Members in a fixed order, so that equal answers are equal texts.
    static var answers: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    func text(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }
}
