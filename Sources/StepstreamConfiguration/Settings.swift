/// The configuration as it holds: flags over environment over file over defaults.
package struct Settings: Sendable {
    /// By key, each as ``Given``.
    private let values: [String: any Sendable]

    /// Reads and checks all places that set something.
    ///
    /// - Parameters:
    ///   - file: a file named on the command line; it must then exist.
    ///   - flags: what was given on the command line.
    ///   - environment: the process's variables.
    /// - Throws: every fault of every place.
    package init(file: String?, flags: [GivenText], environment: [String: String]) throws(ConfigurationFaults) {
        var values = SettingValues()
        let named = file ?? environment[SettingsEnvironment.file]
        SettingsFile(path: named ?? SettingsFile.standardPath).read(into: &values, isNamed: named != nil)
        SettingsEnvironment(variables: environment).read(into: &values)
        for flag in flags { values.set(flag.setting, to: flag.text, at: flag.place) }
        guard values.faults.isEmpty else { throw ConfigurationFaults(values.faults) }
        self.values = values.values
    }

    /// The value of a setting.
    package subscript<Value>(_ setting: Setting<Value>) -> Value { given(setting).value }

    /// A fault of a setting's value that shows only together with others.
    func fault<Value>(of setting: Setting<Value>, words: String) -> ConfigurationFaults {
        ConfigurationFaults([.init("\(setting.key): \(words)", at: given(setting).place ?? "default")])
    }

    private func given<Value>(_ setting: Setting<Value>) -> Given<Value> {
        guard let given = values[setting.key] as? Given<Value> else { preconditionFailure("\(setting.key) is not listed in its section") }
        return given
    }
}
