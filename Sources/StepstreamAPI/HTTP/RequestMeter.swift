import Hummingbird
import Stepstream

/// Counts requests and their times by the route that answered, not by the path: a path names an operation, and there are many.
struct RequestMeter: RouterMiddleware {
    typealias Context = APIContext

    let meters: Meters

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let route = context.endpointPath ?? "none"
        let method = Self.methods.contains(request.method.rawValue) ? request.method.rawValue : "other"
        meters.count(.httpRequests, labels: [method, route, "\(response.status.code / 100)xx"])
        meters.time(.httpDuration, labels: [route], duration: start.duration(to: .now))
        return response
    }

    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}
