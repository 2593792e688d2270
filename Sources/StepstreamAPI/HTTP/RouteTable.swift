import HTTPTypes

/// Finds what a path leads to. Our own: docs/decisions/0018-own-route-table.md.
struct RouteTable: Sendable {
    /// One path, and what its methods lead to.
    struct Entry: Sendable {
        fileprivate let pattern: RoutePattern
        var routes: [HTTPRequest.Method: Route] = [:]

        init(_ path: String) {
            pattern = RoutePattern(path)
        }

        /// The methods that the path takes, sorted, for `Allow`.
        var methods: [String] { (routes.keys.map(\.rawValue) + ["OPTIONS"]).sorted() }
    }

    /// Entries without anything open, by their paths as they are written.
    private let literal: [String: Entry]
    /// All, those first that leave the least open.
    private let entries: [Entry]

    init(_ entries: [(path: String, entry: Entry)]) {
        literal = Dictionary(entries.filter(\.entry.pattern.isLiteral).map { ($0.path, $0.entry) }) { first, _ in first }
        self.entries = entries.map(\.entry).enumerated()
            .sorted { ($1.element.pattern.literals, $0.offset) < ($0.element.pattern.literals, $1.offset) }
            .map(\.element)
    }

    /// The entry of `path`, and what it captures of it. Slashes count only where something is between them.
    func entry(at path: String) -> (entry: Entry, parameters: PathParameters)? {
        if let entry = literal[path] { return (entry, PathParameters()) }
        var path = path
        return path.withUTF8 { path in
            let parts = Self.parts(of: path)
            for entry in entries {
                if let parameters = entry.pattern.match(path, parts: parts) { return (entry, parameters) }
            }
            return nil
        }
    }

    private static func parts(of path: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = 0
        for end in 0...path.count where end == path.count || path[end] == UInt8(ascii: "/") {
            if end > start { parts.append(start..<end) }
            start = end + 1
        }
        return parts
    }
}
