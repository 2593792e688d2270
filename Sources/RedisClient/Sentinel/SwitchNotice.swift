/// What a sentinel publishes when a new primary stands: `+switch-master <name> <old host> <old port> <new host> <new port>`.
struct SwitchNotice: Equatable {
    static let channel = "+switch-master"

    let name: String
    let left: RedisConfiguration.Endpoint
    let primary: RedisConfiguration.Endpoint

    /// Nil for anything else. Sentinels watch over several primaries, so the name is to be compared.
    init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 5, let oldPort = Int(words[2]), let newPort = Int(words[4]) else { return nil }
        name = words[0]
        left = .tcp(host: words[1], port: oldPort)
        primary = .tcp(host: words[3], port: newPort)
    }
}
