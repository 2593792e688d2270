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

    init(_ key: String, _ kind: Kind, _ initial: String? = nil) {
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
        Setting("redis.url", .redisURL, "redis://127.0.0.1:6379"),
        Setting("redis.authority", .text),
        Setting("redis.serverName", .text),
        Setting("redis.commandTimeout", .duration(.milliseconds(100)...(.seconds(60))), "5s"),
        Setting("store.namespace", .text, "stepstream"),
        Setting("store.partitions", .integer(1...1024), "1"),
        Setting("store.history", .integer(10...10_000), "100"),
        Setting("store.retention", .duration(.seconds(60)...(.seconds(365 * 86_400))), "24h"),
        Setting("store.idempotencyRetention", .duration(.seconds(60)...(.seconds(730 * 86_400))), "72h"),
        Setting("store.durability", .durability, "memory"),
        Setting("store.memoryHighWater", .share(0.1...1), "0.9"),
        Setting("http.host", .text, "127.0.0.1"),
        Setting("http.port", .integer(0...65_535), "8080"),
        Setting("http.publicURL", .text),
        Setting("http.bodyLimit", .integer(1024...(256 << 20)), "1048576"),
        Setting("http.inputDepth", .integer(1...256), "32"),
        Setting("http.headerDeadline", .duration(.milliseconds(100)...(.seconds(600))), "5s"),
        Setting("http.requestDeadline", .duration(.milliseconds(100)...(.seconds(3600))), "10s"),
        Setting("http.connections", .integer(1...1_000_000), "10000"),
        Setting("http.inlineBudget", .duration(.zero ... .seconds(600)), "5s"),
        Setting("http.longPoll", .duration(.seconds(1)...(.seconds(600))), "60s"),
        Setting("http.watchers", .integer(0...1_000_000), "5000"),
        Setting("http.watchersPerCaller", .integer(0...1_000_000), "5000"),
        Setting("http.watchersPerAddress", .integer(0...1_000_000), "1000"),
        Setting("http.watchLife", .duration(.milliseconds(100)...(.seconds(86_400))), "1h"),
        Setting("http.origins", .origins),
        Setting("dashboard.mode", .choice(["off", "read-only", "on"]), "read-only"),
        Setting("dashboard.host", .text),
        Setting("dashboard.port", .integer(0...65_535)),
        Setting("worker.queues", .names),
        Setting("worker.concurrency", .integer(1...10_000), "64"),
        Setting("worker.slot", .integer(0...100_000), "0"),
        Setting("worker.lease", .duration(.milliseconds(500)...(.seconds(3600))), "30s"),
        Setting("worker.graceTime", .duration(.zero ... .seconds(3600)), "25s"),
        Setting("worker.reconcileInterval", .duration(.seconds(1)...(.seconds(3600))), "30s"),
        Setting("worker.tidyInterval", .duration(.seconds(1)...(.seconds(86_400))), "10m"),
        Setting("worker.retireAfter", .duration(.seconds(1)...(.seconds(2_592_000))), "1h"),
        Setting("worker.metricsPort", .integer(0...65_535)),
        Setting("webhooks.secret", .secrets),
        Setting("webhooks.endpoints", .text),
        Setting("webhooks.scheme", .choice(["https", "http"]), "https"),
        Setting("webhooks.ports", .ports),
        Setting("webhooks.allow", .ranges),
        Setting("webhooks.timeLimit", .duration(.milliseconds(100)...(.seconds(60))), "15s"),
        Setting("webhooks.concurrency", .integer(1...10_000), "256"),
        Setting("webhooks.concurrencyPerReceiver", .integer(1...10_000), "8"),
        Setting("definitions.folder", .text, "config/operations"),
        Setting("log.level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), "info"),
        Setting("log.format", .choice(["text", "json"]), "text"),
        Setting("tracing.endpoint", .text),
        Setting("dev.data", .text, "var"),
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
