import Stepstream

/// The strong entity tag of an operation: its version in quotes. The one place that makes and compares them.
struct EntityTag {
    /// As in the field `ETag`.
    let text: String

    init(of operation: Operation) {
        self.init(version: operation.version)
    }

    init(version: Int) {
        text = "\"" + String(version) + "\""
    }

    init(_ version: DefinitionVersion) {
        text = "\"\(version.text)\""
    }

    /// Whether a field `If-None-Match` names this tag. The comparison is the weak one (RFC 9110 §13.1.2).
    func isNamed(by field: String) -> Bool {
        if field.trimmingSpaces == "*" { return true }
        return field.split(separator: ",").contains { element in
            let tag = element.trimmed
            return (tag.hasPrefix("W/") ? tag.dropFirst(2) : tag) == text
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: Substring { self[...].trimmed }
}
