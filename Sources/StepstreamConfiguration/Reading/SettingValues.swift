/// The values of all settings while they are read from one place after the other, and every fault found on the way.
struct SettingValues {
    /// By key, each as ``Given``.
    private(set) var values = AllSettings.byKey.mapValues(\.unset)
    private(set) var faults: [ConfigurationFaults.Fault] = []

    /// Sets `setting` to what `text` stands for; a value that was set before is replaced.
    mutating func set(_ setting: any AnySetting, to text: String, at place: String) {
        do throws(SettingRefusal) {
            values[setting.key] = try setting.given(text, at: place)
        } catch {
            let shown = setting.isSecret ? "the value" : String(reflecting: String(text.prefix(200)))
            refuse("\(setting.key): \(shown) \(error.reason); must be \(setting.allowed)", at: place)
        }
    }

    mutating func refuse(_ words: String, at place: String) {
        faults.append(.init(words, at: place))
    }

    mutating func refuse(_ fault: ConfigurationFaults.Fault) {
        faults.append(fault)
    }
}
