/// The environment variables that set something: `STEPSTREAM_` and the key of a setting.
struct SettingsEnvironment {
    let variables: [String: String]

    /// The variable that names the settings file.
    static let file = "STEPSTREAM_CONFIG"

    /// Variables that steer the programs but are no settings.
    private static let others: Set<String> = {
        var names: Set<String> = ["STEPSTREAM_URL", file]
        #if LABORATORY
        names.formUnion(["STEPSTREAM_FAILPOINT", "STEPSTREAM_MUTANT"])
        #endif
        return names
    }()

    func read(into values: inout SettingValues) {
        for (name, text) in variables.sorted(by: { $0.key < $1.key }) where name.hasPrefix("STEPSTREAM_") && !Self.others.contains(name) {
            if let setting = AllSettings.byVariable[name] {
                values.set(setting, to: text, at: "environment, \(name)")
            } else {
                values.refuse(.unknown(name, among: AllSettings.list.map(\.variable), at: "environment"))
            }
        }
    }
}
