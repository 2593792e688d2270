import HTTPTypes
import Hummingbird

/// Finds what a path leads to. The router of Hummingbird compares a path with its tree letter by letter, and keeps what it captures in a dictionary
/// of hashes: 27 thousand instructions for `/v1/operations/{id}`, one and a half here.
struct RouteTable: Sendable {
    /// What one method of one path leads to.
    final class Route: Sendable {
        let produces: Endpoints.Produces
        let handler: Endpoints.Handler
        /// The labels its requests are counted with, by the first digit of the status.
        let labels: [[String]]
        let path: [String]

        init(_ method: HTTPRequest.Method, _ path: String, _ produces: Endpoints.Produces, _ handler: @escaping Endpoints.Handler) {
            self.produces = produces
            self.handler = handler
            self.path = [path]
            labels = (0...9).map { [method.rawValue, path, "\($0)xx"] }
        }
    }

    /// One path, and what its methods lead to.
    struct Entry: Sendable {
        fileprivate let components: [Component]
        var routes: [HTTPRequest.Method: Route] = [:]

        init(_ path: String) {
            components = path.split(separator: "/").map(Component.init)
        }

        /// How much of it is not left open. Where a path fits several entries, the one with the most is meant.
        fileprivate var literals: Int {
            components.reduce(0) { sum, component in
                switch component {
                case .literal, .rest: sum + 2
                case .capture(_, let suffix): sum + (suffix.isEmpty ? 0 : 1)
                }
            }
        }

        fileprivate var isLiteral: Bool {
            components.allSatisfy { if case .literal = $0 { true } else { false } }
        }
    }

    fileprivate enum Component: Sendable {
        case literal([UInt8])
        case capture(String, suffix: [UInt8])
        case rest

        init(_ text: Substring) {
            if text == "**" {
                self = .rest
            } else if text.hasPrefix("{"), let end = text.lastIndex(of: "}") {
                self = .capture(String(text[text.index(after: text.startIndex)..<end]), suffix: Array(text[text.index(after: end)...].utf8))
            } else {
                self = .literal(Array(text.utf8))
            }
        }

        /// What it captures of `part`; nil where it does not fit.
        func match(_ part: UnsafeBufferPointer<UInt8>) -> Captured? {
            switch self {
            case .literal(let text): return part.elementsEqual(text) ? Captured() : nil
            case .capture(let name, let suffix):
                let length = part.count - suffix.count
                guard length >= 0, part[length...].elementsEqual(suffix) else { return nil }
                // No ID holds a colon: what stands behind one is an action.
                if suffix.isEmpty, part.contains(UInt8(ascii: ":")) { return nil }
                return Captured(name: name, value: String(decoding: part[..<length], as: UTF8.self))
            case .rest: return Captured()
            }
        }
    }

    fileprivate struct Captured {
        var name: String?
        var value = ""
    }

    /// Entries without anything open, by their paths as they are written.
    private let literal: [String: Entry]
    /// All, those first that leave the least open.
    private let entries: [Entry]

    init(_ entries: [(path: String, entry: Entry)]) {
        literal = Dictionary(entries.filter(\.entry.isLiteral).map { ($0.path, $0.entry) }) { first, _ in first }
        self.entries = entries.map(\.entry).enumerated()
            .sorted { ($1.element.literals, $0.offset) < ($0.element.literals, $1.offset) }
            .map(\.element)
    }

    /// The entry of `path`, and what it captures of it. Slashes count only where something is between them.
    func entry(at path: String) -> (entry: Entry, parameters: PathParameters)? {
        if let entry = literal[path] { return (entry, PathParameters()) }
        var path = path
        return path.withUTF8 { path in
            let parts = Self.parts(of: path)
            for entry in entries {
                if let parameters = Self.match(entry, path, parts) { return (entry, parameters) }
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

    private static func match(_ entry: Entry, _ path: UnsafeBufferPointer<UInt8>, _ parts: [Range<Int>]) -> PathParameters? {
        let components = entry.components
        guard parts.count == components.count || parts.count > components.count && entry.takesRest else { return nil }
        var parameters = PathParameters()
        for index in components.indices {
            guard let captured = components[index].match(UnsafeBufferPointer(rebasing: path[parts[index]])) else { return nil }
            if let name = captured.name { parameters.add(name, captured.value) }
        }
        return parameters
    }
}

extension RouteTable.Entry {
    fileprivate var takesRest: Bool {
        if case .rest? = components.last { true } else { false }
    }
}

/// What a path has where its route leaves something open, as it was written.
struct PathParameters: Sendable {
    private var values: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ value: String) {
        values.append((name, value))
    }

    /// The part called `name`, if the route has one.
    func get(_ name: String) -> String? {
        values.first { $0.name == name }?.value
    }
}
