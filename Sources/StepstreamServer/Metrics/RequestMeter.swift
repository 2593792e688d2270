import HTTPTypes
import Stepstream

/// Counts requests and their times by the route that answered, not by the path: a path names an operation, and there are many.
struct RequestMeter: Sendable {
    let meters: Meters

    /// Notes a request that was answered with `status`.
    func note(_ method: HTTPRequest.Method, _ route: RouteTable.Route?, _ status: HTTPResponse.Status, since start: ContinuousClock.Instant) {
        let digit = status.code / 100
        if let route, route.labels.indices ~= digit {
            meters.count(.httpRequests, route.labels[digit])
            meters.time(.httpDuration, route.path, start.duration(to: .now))
        } else {
            meters.count(.httpRequests, [Self.methods.contains(method.rawValue) ? method.rawValue : "other", "none", "\(digit)xx"])
            meters.time(.httpDuration, ["none"], start.duration(to: .now))
        }
    }

    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}
