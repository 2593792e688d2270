/// What runs a step, as a process says that it has it: `http`, `exec`, or `swift:` and the name of a Swift handler.
package struct HandlerName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The text.
    package let text: String

    /// Takes `http`, `exec`, and `swift:` with a name behind it.
    package init?(_ text: String) {
        guard text == "http" || text == "exec" || text.hasPrefix("swift:") && Name(String(text.dropFirst(6))) != nil else { return nil }
        self.text = text
    }

    /// What is needed to run `reference`.
    package init(_ reference: HandlerReference) {
        text =
            switch reference {
            case .http: "http"
            case .exec: "exec"
            case .swift(let name): "swift:\(name)"
            }
    }

    /// The text.
    package var description: String { text }
    /// By text.
    package static func < (left: HandlerName, right: HandlerName) -> Bool { left.text < right.text }
}

extension HandlerRegistry {
    /// What it has.
    package var handlerNames: Set<HandlerName> {
        var names = Set(names.map { HandlerName(.swift($0)) })
        if handler(for: .http(.init(url: ""))) != nil { names.insert(HandlerName(.http(.init(url: "")))) }
        if handler(for: .exec(command: [])) != nil { names.insert(HandlerName(.exec(command: []))) }
        return names
    }
}
