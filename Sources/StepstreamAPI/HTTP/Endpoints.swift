package import HTTPTypes
package import Hummingbird
package import Stepstream

/// Collects routes.
package struct Endpoints {
    /// What routes answer with, for `Accept`.
    package enum Produces: Sendable {
        case json, html, lines, events, picture
    }

    package typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    private var entries: [(path: String, entry: RouteTable.Entry)] = []
    /// What was added so far, as `GET /path`, and whether it is a page for people.
    package private(set) var routes: [(name: String, isPage: Bool)] = []

    /// No routes yet.
    package init() {}

    /// Adds a route that is brief enough to be worked on by the thread of its connection, as `on` has it otherwise.
    package mutating func onConnection(_ method: HTTPRequest.Method, at path: String, handler: @escaping Handler) {
        add(method, at: path, produces: .json, handler: handler)
    }

    /// Adds a route that works on a thread of the pool: what it reads or renders may be large. A component of `path` is a literal,
    /// `{name}`, `{name}` with a literal behind it, or at the end `**`: all the rest.
    package mutating func on(_ method: HTTPRequest.Method, at path: String, produces: Produces = .json, handler: @escaping Handler) {
        add(method, at: path, produces: produces) { request, context in
            try await withTaskExecutorPreference(globalConcurrentExecutor) { try await handler(request, context) }
        }
    }

    private mutating func add(_ method: HTTPRequest.Method, at path: String, produces: Produces, handler: @escaping Handler) {
        routes.append(("\(method.rawValue) \(path)", produces == .html))
        let index = entries.firstIndex { $0.path == path } ?? entries.endIndex
        if index == entries.endIndex { entries.append((path, RouteTable.Entry(path))) }
        // HEAD is GET without the body, which the responder leaves out.
        for method in method == .get ? [method, .head] : [method] {
            entries[index].entry.routes[method] = Route(method, at: path, produces: produces, handler: handler)
        }
    }

    /// Which route a path leads to, of those added so far.
    var table: RouteTable { RouteTable(entries) }

    /// The responder over all routes added so far.
    package func responder(address: PublicAddress, meters: Meters) -> APIResponder {
        APIResponder(table: table, problems: ProblemAnswers(address: address), meter: RequestMeter(meters: meters))
    }
}
