/// What runs a step, as a process says that it has it: `http`, `exec`, or `swift:` and the name of a Swift handler.
public struct HandlerName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// Takes `http`, `exec`, and `swift:` with a name behind it.
    public init?(_ text: String) {
        guard text == "http" || text == "exec" || text.hasPrefix("swift:") && Name(String(text.dropFirst(6))) != nil else { return nil }
        self.text = text
    }

    /// What is needed to run `reference`.
    public init(_ reference: HandlerReference) {
        text =
            switch reference {
            case .http: "http"
            case .exec: "exec"
            case .swift(let name): "swift:\(name)"
            }
    }

    /// The text.
    public var description: String { text }
    /// By text.
    public static func < (left: HandlerName, right: HandlerName) -> Bool { left.text < right.text }
}

extension HandlerRegistry {
    /// What it has.
    public var handlerNames: Set<HandlerName> {
        var names = Set(names.map { HandlerName(.swift($0)) })
        if handler(for: .http(.init(url: ""))) != nil { names.insert(HandlerName(.http(.init(url: "")))) }
        if handler(for: .exec(command: [])) != nil { names.insert(HandlerName(.exec(command: []))) }
        return names
    }
}
