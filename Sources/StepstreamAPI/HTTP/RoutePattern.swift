/// The path of a route, with what it leaves open.
struct RoutePattern: Sendable {
    private enum Component: Sendable {
        case literal([UInt8])
        case capture(String, suffix: [UInt8])
        case rest

        init(_ text: Substring) {
            if text == "**" {
                self = .rest
            } else if text.hasPrefix("{"), let end = text.lastIndex(of: "}") {
                let suffix = text[text.index(after: end)...]
                self = .capture(String(text[text.index(after: text.startIndex)..<end]), suffix: Array(suffix.utf8))
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

    private struct Captured {
        var name: String?
        var value = ""
    }

    private let components: [Component]

    init(_ path: String) {
        components = path.split(separator: "/").map(Component.init)
    }

    /// How much of it is not left open. Where a path fits several patterns, the one with the most is meant.
    var literals: Int {
        components.reduce(0) { sum, component in
            switch component {
            case .literal, .rest: sum + 2
            case .capture(_, let suffix): sum + (suffix.isEmpty ? 0 : 1)
            }
        }
    }

    /// Whether it leaves nothing open.
    var isLiteral: Bool {
        components.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    private var takesRest: Bool {
        if case .rest? = components.last { true } else { false }
    }

    /// What it captures of `path`, whose components are at `parts`; nil where it does not fit.
    func match(_ path: UnsafeBufferPointer<UInt8>, parts: [Range<Int>]) -> PathParameters? {
        guard parts.count == components.count || parts.count > components.count && takesRest else { return nil }
        var parameters = PathParameters()
        for index in components.indices {
            guard let captured = components[index].match(UnsafeBufferPointer(rebasing: path[parts[index]])) else { return nil }
            if let name = captured.name { parameters.add(name, value: captured.value) }
        }
        return parameters
    }
}
