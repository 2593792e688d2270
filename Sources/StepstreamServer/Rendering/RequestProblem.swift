import HTTPTypes
import Hummingbird
import Stepstream

/// A problem that is answered as `application/problem+json` (RFC 9457).
struct RequestProblem: Error {
    /// The kinds of problem of the API; each has a page under /problems/.
    enum Kind: String, CaseIterable {
        case malformed, unauthorized, forbidden
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case notAcceptable = "not-acceptable"
        case conflict
        case tooLarge = "too-large"
        case unsupportedMediaType = "unsupported-media-type"
        case unprocessable
        case keyReused = "key-reused"
        case timeout = "request-timeout"
        case unavailable
        case internalError = "internal-error"

        var status: HTTPResponse.Status {
            switch self {
            case .malformed: .badRequest
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .notAcceptable: .notAcceptable
            case .conflict: .conflict
            case .tooLarge: .contentTooLarge
            case .unsupportedMediaType: .unsupportedMediaType
            case .unprocessable, .keyReused: .unprocessableContent
            case .timeout: .requestTimeout
            case .unavailable: .serviceUnavailable
            case .internalError: .internalServerError
            }
        }

        var title: String {
            switch self {
            case .malformed: "The request cannot be read"
            case .unauthorized: "Credentials are missing or wrong"
            case .forbidden: "These credentials do not permit this"
            case .notFound: "There is no such thing here"
            case .methodNotAllowed: "This method is not allowed here"
            case .notAcceptable: "Only JSON is served here"
            case .conflict: "The state of the operation does not permit this"
            case .tooLarge: "The request is too large"
            case .unsupportedMediaType: "This content type is not taken"
            case .unprocessable: "The request is readable but not valid"
            case .keyReused: "This ID or key belongs to another request"
            case .timeout: "The request did not arrive in time"
            case .unavailable: "The service cannot do this now"
            case .internalError: "Something went wrong here"
            }
        }
    }

    /// One fault of a request.
    struct Fault {
        let pointer: String
        let detail: String
    }

    let kind: Kind
    var detail: String?
    var faults: [Fault] = []
    var headers: [(HTTPField.Name, String)] = []

    init(_ kind: Kind, _ detail: String? = nil, faults: [Fault] = []) {
        self.kind = kind
        self.detail = detail
        self.faults = faults
        if kind == .unavailable { headers.append((.retryAfter, "1")) }
    }

    /// What a failure of the store means to a client: never Redis's own words.
    init(_ error: StoreError) {
        switch error.code {
        case .corrupt: self.init(.internalError)
        case .invalidArgument: self.init(.unprocessable, error.message)
        default: self.init(.unavailable, "The store does not take requests for now. Nothing is lost; try again.")
        }
    }

    func json(base: String, instance: String) -> JSONText {
        var members: [(String, JSONText.Fragment)] = [
            ("type", .string("\(base)/problems/\(kind.rawValue)")), ("title", .string(kind.title)),
            ("status", .integer(Int64(kind.status.code))),
        ]
        if let detail { members.append(("detail", .string(detail))) }
        members.append(("instance", .string(instance)))
        if !faults.isEmpty {
            let list = faults.map { JSONText.Fragment.raw(.object(["detail": .string($0.detail), "pointer": .string($0.pointer)])) }
            members.append(("errors", .raw(.array(list))))
        }
        return .object(members)
    }
}
