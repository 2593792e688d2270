package import Stepstream

/// The strong entity tag of an operation: its version in quotes. The one place that makes and compares them.
package struct EntityTag {
    /// As in the field `ETag`.
    package let text: String

    package init(of operation: Operation) {
        self.init(version: operation.version)
    }

    /// The tag of an operation of this version.
    init(version: Int) {
        text = "\"" + String(version) + "\""
    }

    package init(_ version: DefinitionVersion) {
        text = "\"\(version.text)\""
    }

    /// Whether a field `If-None-Match` names this tag. The comparison is the weak one (RFC 9110 §13.1.2).
    package func isNamed(by field: String) -> Bool {
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
