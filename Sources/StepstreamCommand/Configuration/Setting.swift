import RedisClient
import Stepstream

/// One key of the configuration: what it may hold, and what holds when nobody sets it.
struct Setting: Sendable {
    /// What a value may be.
    enum Kind: Sendable {
        case text
        /// The address of a Redis server; it may hold a password.
        case redisURL
        case integer(ClosedRange<Int>)
        case duration(ClosedRange<Duration>)
        case choice([String])
        /// What an acceptance survives.
        case durability
        /// A part of a whole.
        case share(ClosedRange<Double>)
        /// Names, separated by commas.
        case names
        /// Secrets that webhooks are signed with, separated by commas.
        case secrets
        /// Ranges of addresses, separated by commas.
        case ranges
        /// Numbers of ports, separated by commas.
        case ports
        /// Origins of web pages, separated by commas.
        case origins
    }

    /// The dotted key; also the variable `STEPSTREAM_…` in capitals with underscores.
    let key: String
    let kind: Kind
    /// The default as it would stand in the file; nil: not set.
    let initial: String?

    init(_ key: String, kind: Kind, initial: String? = nil) {
        self.key = key
        self.kind = kind
        self.initial = initial
    }

    /// The environment variable of the key: `http.bodyLimit` is `STEPSTREAM_HTTP_BODY_LIMIT`, `http.publicURL` is
    /// `STEPSTREAM_HTTP_PUBLIC_URL`. A word begins after a dot and where a capital follows a small letter, which is the rule of the
    /// library that reads the variables.
    var variable: String {
        var name = "STEPSTREAM_"
        var isAfterSmallLetter = false
        for character in key {
            if character.isUppercase, isAfterSmallLetter { name += "_" }
            name += character == "." || character == "-" ? "_" : character.uppercased()
            isAfterSmallLetter = character.isLowercase
        }
        return name
    }

    /// What is allowed, in words.
    var allowed: String {
        switch kind {
        case .text: "any text"
        case .redisURL:
            "redis://[user:password@]host[:port][/database], rediss://…, unix:///path, "
                + "redis+sentinel://[user:password@]host[:port],host[:port]/name[/database], rediss+sentinel://…"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration(let range): "a duration like 250ms, 5s, 2m, 1h or 7d, from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let choices): "one of " + choices.joined(separator: ", ")
        case .durability: "memory, aof, fsync or replicated:n with 1 to \(Durability.maximumReplicas) replicas"
        case .share(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .secrets: "\(WebhookSecret.rule); two with a comma between them while one replaces the other"
        case .ranges: "ranges of addresses like 10.1.0.0/16 or fd00::/8, separated by commas"
        case .ports: "numbers from 1 to 65535, separated by commas"
        case .origins: "origins as https://host[:port], separated by commas"
        case .names: "names of a-z, 0-9, _ and -, separated by commas"
        }
    }

    /// Whether `text` may stand for this setting.
    func accepts(_ text: String) -> Bool {
        switch kind {
        case .text: !text.isEmpty
        case .redisURL: (try? RedisConfiguration(url: text)) != nil
        case .integer(let range): Int(text).map(range.contains) ?? false
        case .duration(let range): Duration(setting: text).map(range.contains) ?? false
        case .choice(let choices): choices.contains(text)
        case .durability: Durability(text) != nil
        case .share(let range): Double(text).map(range.contains) ?? false
        case .secrets: !text.isEmpty && !text.listed.map { WebhookSecret($0) }.contains(nil)
        case .ranges: !text.isEmpty && !text.listed.map { AddressRange($0) }.contains(nil)
        case .ports: !text.isEmpty && text.listed.allSatisfy { Int($0).map((1...65_535).contains) ?? false }
        case .names: !text.isEmpty && !text.names.contains(nil)
        case .origins: !text.origins.isEmpty && text.origins.allSatisfy { $0.wholeMatch(of: #/https?://[A-Za-z0-9.\-\[\]:]+/#) != nil }
        }
    }

    /// All settings. config/stepstream.yaml documents each; a test holds the two together.
    static let all: [Setting] = [
        Setting("redis.url", kind: .redisURL, initial: "redis://127.0.0.1:6379"),
        Setting("redis.authority", kind: .text),
        Setting("redis.serverName", kind: .text),
        Setting("redis.commandTimeout", kind: .duration(.milliseconds(100)...(.seconds(60))), initial: "5s"),
        Setting("store.namespace", kind: .text, initial: "stepstream"),
        Setting("store.partitions", kind: .integer(1...1024), initial: "1"),
        Setting("store.history", kind: .integer(10...10_000), initial: "100"),
        Setting("store.retention", kind: .duration(.seconds(60)...(.seconds(365 * 86_400))), initial: "24h"),
        Setting("store.idempotencyRetention", kind: .duration(.seconds(60)...(.seconds(730 * 86_400))), initial: "72h"),
        Setting("store.durability", kind: .durability, initial: "memory"),
        Setting("store.memoryHighWater", kind: .share(0.1...1), initial: "0.9"),
        Setting("http.host", kind: .text, initial: "127.0.0.1"),
        Setting("http.port", kind: .integer(0...65_535), initial: "8080"),
        Setting("http.publicURL", kind: .text),
        Setting("http.bodyLimit", kind: .integer(1024...(256 << 20)), initial: "1048576"),
        Setting("http.inputDepth", kind: .integer(1...256), initial: "32"),
        Setting("http.headerDeadline", kind: .duration(.milliseconds(100)...(.seconds(600))), initial: "5s"),
        Setting("http.requestDeadline", kind: .duration(.milliseconds(100)...(.seconds(3600))), initial: "10s"),
        Setting("http.connections", kind: .integer(1...1_000_000), initial: "10000"),
        Setting("http.inlineBudget", kind: .duration(.zero ... .seconds(600)), initial: "5s"),
        Setting("http.longPoll", kind: .duration(.seconds(1)...(.seconds(600))), initial: "60s"),
        Setting("http.watchers", kind: .integer(0...1_000_000), initial: "5000"),
        Setting("http.watchersPerCaller", kind: .integer(0...1_000_000), initial: "5000"),
        Setting("http.watchersPerAddress", kind: .integer(0...1_000_000), initial: "1000"),
        Setting("http.watchLife", kind: .duration(.milliseconds(100)...(.seconds(86_400))), initial: "1h"),
        Setting("http.origins", kind: .origins),
        Setting("dashboard.mode", kind: .choice(["off", "read-only", "on"]), initial: "read-only"),
        Setting("dashboard.host", kind: .text),
        Setting("dashboard.port", kind: .integer(0...65_535)),
        Setting("worker.queues", kind: .names),
        Setting("worker.concurrency", kind: .integer(1...10_000), initial: "64"),
        Setting("worker.slot", kind: .integer(0...100_000), initial: "0"),
        Setting("worker.lease", kind: .duration(.milliseconds(500)...(.seconds(3600))), initial: "30s"),
        Setting("worker.graceTime", kind: .duration(.zero ... .seconds(3600)), initial: "25s"),
        Setting("worker.reconcileInterval", kind: .duration(.seconds(1)...(.seconds(3600))), initial: "30s"),
        Setting("worker.tidyInterval", kind: .duration(.seconds(1)...(.seconds(86_400))), initial: "10m"),
        Setting("worker.retireAfter", kind: .duration(.seconds(1)...(.seconds(2_592_000))), initial: "1h"),
        Setting("worker.metricsPort", kind: .integer(0...65_535)),
        Setting("webhooks.secret", kind: .secrets),
        Setting("webhooks.endpoints", kind: .text),
        Setting("webhooks.scheme", kind: .choice(["https", "http"]), initial: "https"),
        Setting("webhooks.ports", kind: .ports),
        Setting("webhooks.allow", kind: .ranges),
        Setting("webhooks.timeLimit", kind: .duration(.milliseconds(100)...(.seconds(60))), initial: "15s"),
        Setting("webhooks.concurrency", kind: .integer(1...10_000), initial: "256"),
        Setting("webhooks.concurrencyPerReceiver", kind: .integer(1...10_000), initial: "8"),
        Setting("definitions.folder", kind: .text, initial: "config/operations"),
        Setting("log.level", kind: .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), initial: "info"),
        Setting("log.format", kind: .choice(["text", "json"]), initial: "text"),
        Setting("tracing.endpoint", kind: .text),
        Setting("dev.data", kind: .text, initial: "var"),
    ]

    /// The setting called `key`.
    static func named(_ key: String) -> Setting? { all.first { $0.key == key } }
}

extension String {
    /// What stands between commas.
    var listed: [String] {
        split(separator: ",", omittingEmptySubsequences: false).map { String($0.filter { $0 != " " }) }
    }
}

extension Duration {
    /// Reads `250ms`, `5s`, `2m`, `1h`, `7d`; nil for anything else.
    init?(setting text: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
        for (unit, seconds) in units where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.count)
            guard let number = Double(digits), digits.allSatisfy({ $0.isNumber || $0 == "." }) else { continue }
            self = .seconds(number * seconds)
            return
        }
        return nil
    }
}
