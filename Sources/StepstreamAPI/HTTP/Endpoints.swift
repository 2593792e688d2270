package import HTTPTypes
package import Hummingbird
package import Stepstream

/// Collects routes, and remembers which methods each path takes, for `Allow`.
package struct Endpoints {
    /// What routes answer with, for `Accept`.
    package enum Produces: Sendable {
        case json, html, lines, events, picture
    }

    private struct Row {
        package var components: [Substring]
        package var methods: [HTTPRequest.Method: Produces]
    }

    package typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    private var rows: [Row] = []
    private var handlers: [(path: String, method: HTTPRequest.Method, handler: Handler)] = []

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
        let components = path.split(separator: "/")
        let index = rows.firstIndex { $0.components == components } ?? rows.endIndex
        if index == rows.endIndex { rows.append(Row(components: components, methods: [:])) }
        rows[index].methods[method] = produces
        if method == .get { rows[index].methods[.head] = produces }
        handlers.append((path, method, handler))
    }

    /// What was added so far, as `GET /path`, and whether it is a page for people.
    package var routes: [(name: String, isPage: Bool)] {
        handlers.map { ("\($0.method.rawValue) \($0.path)", produces($0.method, at: $0.path) == .html) }
    }

    /// The responder over all routes added so far.
    package func responder(address: PublicAddress, meters: Meters) -> APIResponder {
        var entries: [(path: String, entry: RouteTable.Entry)] = []
        for (path, method, handler) in handlers {
            let index = entries.firstIndex { $0.path == path } ?? entries.endIndex
            if index == entries.endIndex { entries.append((path, RouteTable.Entry(path))) }
            let produces = produces(method, at: path) ?? .json
            entries[index].entry.routes[method] = Route(method, at: path, produces: produces, handler: handler)
            if method == .get, entries[index].entry.routes[.head] == nil {
                entries[index].entry.routes[.head] = Route(.head, at: path, produces: produces) { request, context in
                    try await handler(request, context).createHeadResponse()
                }
            }
        }
        return APIResponder(
            table: RouteTable(entries),
            problems: ProblemAnswers(address: address, endpoints: self),
            meter: RequestMeter(meters: meters)
        )
    }

    /// The methods that `path` takes, sorted; none: there is nothing there.
    package func methods(at path: String) -> [String] {
        guard let row = row(at: path) else { return [] }
        return (row.methods.keys.map(\.rawValue) + ["OPTIONS"]).sorted()
    }

    /// What `method` at `path` answers with.
    package func produces(_ method: HTTPRequest.Method, at path: String) -> Produces? {
        row(at: path)?.methods[method]
    }

    private func row(at path: String) -> Row? {
        let parts = path.split(separator: "/")
        var found: (row: Row, literals: Int)?
        for row in rows where row.components.count == parts.count || row.components.last == "**" && row.components.count < parts.count {
            guard zip(row.components, parts).allSatisfy({ Self.matches($0, $1) }) else { continue }
            let literals = row.components.reduce(0) { $0 + ($1.hasPrefix("{") ? ($1.hasSuffix("}") ? 0 : 1) : 2) }
            if found.map({ $0.literals < literals }) ?? true { found = (row, literals) }
        }
        return found?.row
    }

    private static func matches(_ component: Substring, _ part: Substring) -> Bool {
        if component == "**" { return true }
        guard component.hasPrefix("{"), let end = component.lastIndex(of: "}") else { return component == part }
        let suffix = component[component.index(after: end)...]
        // No ID holds a colon: what stands behind one is an action.
        return suffix.isEmpty ? !part.contains(":") : part.hasSuffix(suffix)
    }
}
