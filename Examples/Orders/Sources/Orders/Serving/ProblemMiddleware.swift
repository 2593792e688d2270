import HTTPTypes
import Hummingbird
import Logging

/// Turns every error into a problem body, unknown paths included, and logs those that are our fault.
struct ProblemMiddleware: RouterMiddleware {
    @concurrent
    func handle(
        _ request: Request,
        context: CallContext,
        next: @concurrent (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let answer as Answer {
            return answer.response
        } catch let error as any HTTPResponseError {
            let detail = "\(request.method.rawValue) \(request.uri.path) is not served here, or not this way."
            return Answer.problem(error.status.code, "http-\(error.status.code)", error.status.reasonPhrase, detail).response
        } catch {
            context.logger.error("The call failed", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            return Answer.problem(500, "internal", "The service failed", "The call had no effect; it may be tried again.").response
        }
    }
}

extension Answer {
    var response: Response {
        var headers = HTTPFields()
        headers[.contentType] = isProblem ? "application/problem+json" : "application/json"
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        if isReplay { headers[.idempotencyReplayed] = "true" }
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}

extension HTTPField.Name {
    static let idempotencyKey = token("Idempotency-Key")
    static let idempotencyReplayed = token("Idempotency-Replayed")
    static let stepstreamEpoch = token("Stepstream-Epoch")

    private static func token(_ name: String) -> Self {
        guard let parsed = Self(name) else { preconditionFailure("\(name) is no token (RFC 9110, 5.6.2)") }
        return parsed
    }
}
