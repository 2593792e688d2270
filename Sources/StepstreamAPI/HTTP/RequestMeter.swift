import HTTPTypes
import Stepstream

/// Counts requests and their times by the route that answered, not by the path: a path names an operation, and there are many.
struct RequestMeter: Sendable {
    let meters: Meters

    /// Notes a request that `route` answered with `status`; nil: no route took it.
    func note(
        _ method: HTTPRequest.Method,
        route: Route?,
        status: HTTPResponse.Status,
        since start: ContinuousClock.Instant
    ) {
        let digit = status.code / 100
        if let route, route.labels.indices ~= digit {
            meters.count(.httpRequests, labels: route.labels[digit])
            meters.time(.httpDuration, labels: route.path, duration: start.duration(to: .now))
        } else {
            let name = Self.methods.contains(method.rawValue) ? method.rawValue : "other"
            meters.count(.httpRequests, labels: [name, "none", "\(digit)xx"])
            meters.time(.httpDuration, labels: ["none"], duration: start.duration(to: .now))
        }
    }

    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}
