import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Stepstream

/// Answers every error as a problem document, and logs those that are ours; answers `OPTIONS`, unknown routes and methods, and `Accept`.
struct ProblemAnswers: Sendable {
    let address: PublicAddress

    /// The answer to `error`, which answering `request` led to.
    func answer(to error: any Error, for request: Request, in context: APIContext) -> Response {
        problem(of: error, for: request, in: context).response(
            base: address.base(for: request),
            instance: request.uri.path,
            request: context.requestID
        )
    }

    /// The answer to a request that no route takes, at a path with the routes of `entry`; `OPTIONS` is one.
    func answerWithoutRoute(to request: Request, at entry: RouteTable.Entry?) throws(RequestProblem) -> Response {
        let isOfServer = request.method == .options && request.uri.path == "*"
        guard let methods = isOfServer ? ["DELETE", "GET", "HEAD", "OPTIONS", "POST"] : entry?.methods else {
            throw RequestProblem(.notFound, "There is no resource at this path.")
        }
        let allowed = methods.joined(separator: ", ")
        if request.method == .options { return Response(status: .noContent, headers: [.allow: allowed]) }
        var problem = RequestProblem(.methodNotAllowed, "Allowed here: \(allowed).")
        problem.headers.append((.allow, allowed))
        throw problem
    }

    private func problem(of error: any Error, for request: Request, in context: APIContext) -> RequestProblem {
        switch error {
        case let problem as RequestProblem: return problem
        case let error as StoreError:
            let metadata = Self.metadata(error, of: request)
            if error.code == .invalidArgument {
                context.log.debug("The request asked the store for something that does not exist", metadata: metadata)
            } else if error.isTransient {
                context.log.warning("The store refused or failed a call", metadata: metadata)
            } else {
                context.log.error("The store refused or failed a call", metadata: metadata)
            }
            return RequestProblem(error)
        case let error as any HTTPResponseError: return RequestProblem(error.status == .contentTooLarge ? .tooLarge : .malformed)
        case is CancellationError: return RequestProblem(.unavailable, "The server is shutting down. Send it again.")
        case is ChannelError, is IOError:
            // The client went away in the middle; nobody reads the answer.
            context.log.debug("The client closed the connection in the middle of a request", metadata: Self.metadata(error, of: request))
            return RequestProblem(.malformed, "The request ended early.")
        default:
            context.log.error("A request failed", metadata: Self.metadata(error, of: request))
            return RequestProblem(.internalError)
        }
    }

    /// What is asked for was not read, so its trace is not known.
    private static func metadata(_ error: any Error, of request: Request) -> Logger.Metadata {
        let metadata: Logger.Metadata = [LogKey.error: "\(error)"]
        let parts = request.uri.path.split(separator: "/")
        guard parts.count >= 3, parts[..<2] == ["v1", "operations"], let id = OperationID(String(parts[2].prefix { $0 != ":" })) else {
            return metadata
        }
        return .about(LogSubject(unread: id), and: metadata)
    }

    /// Refuses a request whose client does not take what its route `produces`.
    func checkAccept(of request: Request, produces: Endpoints.Produces) throws(RequestProblem) {
        let values = request.headers[values: .accept]
        guard !values.isEmpty, values != ["*/*"] else { return }
        let accept = Accept(values)
        switch produces {
        case .json where !accept.permits("application/json", "application/problem+json"):
            throw RequestProblem(.notAcceptable, "Available as application/json.")
        case .html where !accept.permits("text/html"):
            throw RequestProblem(.notAcceptable, "Available as text/html.")
        case .lines where !accept.permits("application/x-ndjson", "application/json"):
            throw RequestProblem(.notAcceptable, "Available as application/x-ndjson, or as application/json for a JSON body.")
        case .events where !accept.permits("text/event-stream"):
            throw RequestProblem(.notAcceptable, "Available as text/event-stream.")
        case .picture where !accept.permits("image/svg+xml"):
            throw RequestProblem(.notAcceptable, "Available as image/svg+xml.")
        case .json, .html, .lines, .events, .picture: break
        }
    }
}
