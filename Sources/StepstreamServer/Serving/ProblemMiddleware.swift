import HTTPTypes
import Hummingbird
import NIOCore
import Logging
import Stepstream

/// Answers every error as a problem document, and logs those that are ours.
struct ProblemMiddleware: RouterMiddleware {
    let base: @Sendable (Request) -> String
    let methods: MethodTable

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let problem: RequestProblem
        do {
            return try await next(request, context)
        } catch let error as RequestProblem {
            problem = error
        } catch let error as StoreError {
            context.logger.error("The store did not do what it was asked", metadata: [LogKey.error: "\(error)"])
            problem = RequestProblem(error)
        } catch let error as any HTTPResponseError {
            problem = self.problem(of: error, request)
        } catch is CancellationError {
            problem = RequestProblem(.unavailable, "The server is shutting down.")
        } catch {
            context.logger.error("A request failed", metadata: [LogKey.error: "\(error)"])
            problem = RequestProblem(.internalError)
        }
        return Response.problem(problem, base: base(request), instance: request.uri.path)
    }

    private func problem(of error: any HTTPResponseError, _ request: Request) -> RequestProblem {
        switch error.status {
        case .notFound:
            let allowed = methods.allowed(at: request.uri.path)
            guard !allowed.isEmpty else { return RequestProblem(.notFound, "There is nothing at \(request.uri.path).") }
            var problem = RequestProblem(.methodNotAllowed, "Allowed here: \(allowed.joined(separator: ", ")).")
            problem.headers.append((.allow, allowed.joined(separator: ", ")))
            return problem
        case .contentTooLarge: return RequestProblem(.tooLarge)
        default: return RequestProblem(.malformed, "\(error)")
        }
    }
}

/// Which methods each path takes.
struct MethodTable: Sendable {
    private let rows: [(pattern: [Substring], methods: [String])]

    init(_ rows: [(String, [String])]) {
        self.rows = rows.map { ($0.split(separator: "/"), $1) }
    }

    func allowed(at path: String) -> [String] {
        let parts = path.split(separator: "/")
        return rows.first { row in
            row.pattern.count == parts.count && zip(row.pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }?.methods ?? []
    }
}

extension Response {
    static func problem(_ problem: RequestProblem, base: String, instance: String) -> Response {
        var response = Response.json(problem.json(base: base, instance: instance), status: problem.kind.status)
        response.headers[.contentType] = "application/problem+json"
        for (name, value) in problem.headers { response.headers[name] = value }
        return response
    }

    static func json(_ json: JSONText, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text))
        )
    }
}
