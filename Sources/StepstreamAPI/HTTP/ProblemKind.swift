package import HTTPTypes

/// The kinds of problem of the API itself. Each has a page under /problems/, made of what stands here.
package enum ProblemKind: String, CaseIterable {
    case malformed, unauthorized, forbidden
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case conflict
    case tooLarge = "too-large"
    case headTooLarge = "head-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case unprocessable
    case keyReused = "key-reused"
    case inProgress = "in-progress"
    case timeout = "request-timeout"
    case tooMany = "too-many"
    case unavailable
    case internalError = "internal-error"

    package var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .conflict, .inProgress: .conflict
        case .tooLarge: .contentTooLarge
        case .headTooLarge: .requestHeaderFieldsTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .unprocessable, .keyReused: .unprocessableContent
        case .timeout: .requestTimeout
        case .tooMany: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .internalError: .internalServerError
        }
    }

    package var title: String {
        switch self {
        case .malformed: "The request cannot be read"
        case .unauthorized: "Credentials are missing or wrong"
        case .forbidden: "These credentials do not permit this"
        case .notFound: "Not found"
        case .methodNotAllowed: "Method not allowed"
        case .notAcceptable: "No acceptable content type"
        case .conflict: "The state of the operation does not permit this"
        case .tooLarge: "The body is too large"
        case .headTooLarge: "The request header is too large"
        case .unsupportedMediaType: "Unsupported content type"
        case .unprocessable: "The request is not valid"
        case .keyReused: "This ID or key belongs to another request"
        case .inProgress: "The first request with this key is still being accepted"
        case .timeout: "The request did not arrive in time"
        case .tooMany: "Too many connections"
        case .unavailable: "The service cannot do this now"
        case .internalError: "Internal error"
        }
    }

    /// What to do about it.
    package var advice: String {
        switch self {
        case .malformed: "The detail names the line and column of the error. Correct the request; sending it unchanged fails again."
        case .unauthorized: "Send credentials that this service is configured to accept."
        case .forbidden: "Ask the operator of this service for the scope named in the detail."
        case .notFound: "Check the path and the ID. Operations expire some time after they end, at the time in their Expires header."
        case .methodNotAllowed: "The Allow header lists the methods that are."
        case .notAcceptable: "Send Accept: application/json, or no Accept at all."
        case .conflict: "Read the operation again and decide from its present state."
        case .tooLarge: "Send a smaller body, or a reference to where the data is stored."
        case .headTooLarge: "Send fewer or shorter header fields."
        case .unsupportedMediaType: "Send the content type that the detail names."
        case .unprocessable: "The member errors lists every error with a pointer to its place (RFC 6901). Correct them and try again."
        case .keyReused: "Use a new ID or key for a new request, or repeat exactly the request that it was first used with."
        case .inProgress: "Repeat the request after the seconds in Retry-After."
        case .timeout: "Send the whole request without pauses."
        case .tooMany: "Close some connections, or wait at least the seconds in Retry-After."
        case .unavailable: "Repeat the request after the seconds in Retry-After, with the same ID or key: it takes effect only once."
        case .internalError: "Give the operator of this service the value of the member request: the log has the details under it."
        }
    }
}
