/// One key of the configuration: what it may hold, and its default, which stands nowhere else.
///
/// Settings are constants of their sections, such as ``HTTPSettings``; `Settings` returns the value of one.
package struct Setting<Value: Sendable>: Sendable {
    /// The dotted key: a section of the settings file and a key in it.
    package let key: String
    /// The flag that sets it on the command line, if there is one.
    package let flag: String?
    /// What its value is when nobody sets it.
    package let standard: Value
    let rule: SettingRule<Value>

    init(_ key: String, rule: SettingRule<Value>, default standard: Value, flag: String? = nil) {
        self.key = key
        self.rule = rule
        self.standard = standard
        self.flag = flag
    }

    /// A setting that has no value unless somebody sets it.
    init<Wrapped>(_ key: String, rule: SettingRule<Wrapped>, flag: String? = nil) where Value == Wrapped? {
        self.init(key, rule: rule.optional, default: nil, flag: flag)
    }
}

extension Setting: AnySetting {
    var allowed: String { rule.allowed }
    var isSecret: Bool { rule.isSecret }
    var unset: any Sendable { Given(value: standard, place: nil) }

    func given(_ text: String, at place: String) throws(SettingRefusal) -> any Sendable {
        Given(value: try rule.read(text), place: place)
    }
}

/// The value of a setting, and where it was set; without a place it is the default.
struct Given<Value: Sendable>: Sendable {
    let value: Value
    let place: String?
}
