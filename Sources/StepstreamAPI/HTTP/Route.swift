import HTTPTypes

/// What one method of one path leads to.
final class Route: Sendable {
    let produces: Endpoints.Produces
    let handler: Endpoints.Handler
    /// The labels its requests are counted with, by the first digit of the status.
    let labels: [[String]]
    /// The label their times are noted with.
    let path: [String]

    init(_ method: HTTPRequest.Method, at path: String, produces: Endpoints.Produces, handler: @escaping Endpoints.Handler) {
        self.produces = produces
        self.handler = handler
        self.path = [path]
        labels = (0...9).map { [method.rawValue, path, "\($0)xx"] }
    }
}
