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
        case .methodNotAllowed: "This method is not allowed here"
        case .notAcceptable: "This is not served in a type that you accept"
        case .conflict: "The state of the operation does not permit this"
        case .tooLarge: "The body is too large"
        case .headTooLarge: "The head of the request is too large"
        case .unsupportedMediaType: "This content type is not taken"
        case .unprocessable: "The request is readable but not valid"
        case .keyReused: "This ID or key belongs to another request"
        case .inProgress: "The first request with this key is still being accepted"
        case .timeout: "The request did not arrive in time"
        case .tooMany: "There are too many of these from you"
        case .unavailable: "The service cannot do this now"
        case .internalError: "Something went wrong here"
        }
    }

    /// What to do about it.
    package var advice: String {
        switch self {
        case .malformed: "Look at the detail: it names the line and column where reading stopped. Sending the same again does not help."
        case .unauthorized: "Send credentials that are configured here."
        case .forbidden: "Ask whoever runs this service for the scope that is named."
        case .notFound: "Check the path and the ID. An operation is forgotten some time after it ended; its Expires header told when."
        case .methodNotAllowed: "The Allow header names the methods that are."
        case .notAcceptable: "Send Accept: application/json, or no Accept at all."
        case .conflict: "Read the operation and decide again."
        case .tooLarge: "Send less, or send a reference to where the data is."
        case .headTooLarge: "Send fewer or shorter header fields."
        case .unsupportedMediaType: "Send the content type that the detail names."
        case .unprocessable: "The member errors names every fault with a pointer to its place (RFC 6901). Mend them and send again."
        case .keyReused: "Use a new ID or key for a new request, or send the very request again that it was first used with."
        case .inProgress: "Send the same again after the seconds in Retry-After."
        case .timeout: "Send the whole request without pauses."
        case .tooMany: "Close some, or wait: Retry-After tells how long at least."
        case .unavailable: "Send the same again after the seconds in Retry-After, with the same ID or key: it is done once."
        case .internalError: "Tell whoever runs this service the member request: the log has more under it."
        }
    }
}
