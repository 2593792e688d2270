/// What the values of a setting may be, and how they are read: the same rule checks and reads a text, wherever it was set.
struct SettingRule<Value: Sendable>: Sendable {
    /// What is allowed, in words that follow "must be".
    let allowed: String
    /// Whether a value may hold a password.
    var isSecret = false
    /// The value that a text stands for.
    let read: @Sendable (String) throws(SettingRefusal) -> Value

    /// The same rule for a setting that may have no value.
    var optional: SettingRule<Value?> {
        .init(allowed: allowed, isSecret: isSecret) { [read] text throws(SettingRefusal) in try read(text) }
    }
}

/// Why a text cannot be the value of a setting.
struct SettingRefusal: Error {
    /// In words that follow the value; they repeat nothing of a secret.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension SettingRule<String> {
    /// Any text.
    static var text: SettingRule {
        .init(allowed: "text of at least one character") { text throws(SettingRefusal) in
            if text.isEmpty { throw SettingRefusal("is empty") }
            return text
        }
    }
}

extension SettingRule where Value: RawRepresentable<String> & CaseIterable {
    /// One of the cases of a type.
    static var choice: SettingRule {
        let names = Value.allCases.map(\.rawValue)
        return .init(allowed: "one of " + names.joined(separator: ", ")) { text throws(SettingRefusal) in
            guard let value = Value(rawValue: text) else { throw SettingRefusal("is not one of these") }
            return value
        }
    }
}
