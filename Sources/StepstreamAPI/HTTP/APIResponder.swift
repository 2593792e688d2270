import HTTPTypes
package import Hummingbird
import NIOHTTP1

/// Answers requests: finds their route, answers errors as problems, and counts them.
package struct APIResponder: HTTPResponder {
    let table: RouteTable
    let problems: ProblemAnswers
    let meter: RequestMeter

    package func respond(to request: Request, context: APIContext) async throws -> Response {
        let start = ContinuousClock.now
        let found = table.entry(at: request.uri.path)
        let route = found?.entry.routes[request.method]
        let response: Response
        do {
            if let route, let found {
                try problems.checkAccept(of: request, produces: route.produces)
                var context = context
                context.parameters = found.parameters
                response = try await route.handler(request, context)
            } else {
                response = try problems.answerWithoutRoute(to: request, at: found?.entry)
            }
        } catch let error as HTTPParserError {
            // Answered by the connection's guard.
            throw error
        } catch let error as LateRequest {
            throw error
        } catch {
            response = problems.answer(to: error, for: request, in: context)
        }
        meter.note(request.method, route: route, status: response.status, since: start)
        // Problems too have no body here (RFC 9110 §9.3.2): a client would read it as its next answer.
        return request.method == .head ? response.createHeadResponse() : response
    }
}
