/// Every setting there is. config/stepstream.yaml documents each; a test compares the two.
enum AllSettings {
    static let list: [any AnySetting] =
        RedisSettings.all + StoreSettings.all + HTTPSettings.all + DashboardSettings.all + WorkerSettings.all + WebhookSettings.all
        + DefinitionSettings.all + LogSettings.all + TracingSettings.all + DevSettings.all

    static let byKey = Dictionary(uniqueKeysWithValues: list.map { ($0.key, $0) })
    static let byVariable = Dictionary(uniqueKeysWithValues: list.map { ($0.variable, $0) })
    static let sections = Set(list.map(\.section))
}
