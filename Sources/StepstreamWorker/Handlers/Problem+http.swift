import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import Stepstream

/// What can go wrong with a call of a service. Consumers read these, so they name no address; the log does.
extension Problem {
    /// The largest problem object of a handler that is kept, in bytes.
    static let causeLimit = 16 << 10

    static let notHTTP = Problem(.handlerDefinition, detail: "The HTTP handler was given a step of another kind.")

    static func badCall(_ words: String) -> Problem {
        Problem(
            .handlerDefinition,
            detail: "The URL, method or a header field in the definition is wrong (\(words)). Correct the definition."
        )
    }

    static func unreachable(_ error: any Error) -> Problem {
        Problem(.handlerUnreachable, detail: "\(HTTPFailure(error).words). Nothing was sent.")
    }

    static func cut(_ error: any Error, after timeout: Milliseconds) -> Problem {
        switch HTTPFailure(error) {
        case .timeout:
            Problem(
                .stepTimeout,
                status: 504,
                detail: "The service did not answer within \(timeout.count) ms. The work may have been done."
            )
        case let retry:
            Problem(.handlerCut, status: 502, detail: "\(retry.words) after the request had been sent. The work may have been done.")
        }
    }

    static func unusable(_ status: Int, words: String) -> Problem {
        Problem(.handlerAnswer, status: 502, detail: "The service answered \(status), but \(words). The work has probably been done.")
    }

    static func redirect(_ status: Int) -> Problem {
        Problem(
            .handlerRedirect,
            status: 502,
            detail: "The service answered \(status). Redirects are not followed: put the final URL into the definition."
        )
    }

    static func unavailable(_ status: Int, cause: JSONText?) -> Problem {
        Problem(.handlerUnavailable, status: status, detail: "The service answered \(status).", cause: cause)
    }

    static func refused(_ status: Int, cause: JSONText?) -> Problem {
        Problem(
            .handlerRefused,
            status: status,
            detail: "The service answered \(status); the same request would be refused again.",
            cause: cause
        )
    }
}

/// What kind of trouble an error of a call stands for.
enum HTTPFailure {
    case timeout, name, connection, tls, closed, canceled, other

    init(_ error: any Error) {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout: self = .timeout
            case .connectTimeout: self = .connection
            case .tlsHandshakeTimeout: self = .tls
            case .remoteConnectionClosed: self = .closed
            case .cancelled: self = .canceled
            default: self = .other
            }
        case let error as NIOConnectionError:
            self = error.connectionErrors.isEmpty ? .name : .connection
        case is CancellationError: self = .canceled
        case let error as IOError:
            let isRefused = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode)
            self = isRefused ? .connection : .closed
        default: self = "\(type(of: error))".contains("SSL") ? .tls : .other
        }
    }

    var words: String {
        switch self {
        case .timeout: "The call timed out"
        case .name: "Its host name could not be resolved"
        case .connection: "It refused the connection"
        case .tls: "The TLS handshake failed"
        case .closed: "The connection was closed"
        case .canceled: "The call was canceled"
        case .other: "The connection failed"
        }
    }
}
