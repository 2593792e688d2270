/// Where Redis is, and how to speak with it.
package struct RedisConfiguration: Sendable, CustomStringConvertible {
    /// Where Redis listens.
    package enum Endpoint: Sendable, Hashable, CustomStringConvertible {
        case tcp(host: String, port: Int)
        case unix(path: String)

        package var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unix(let path): path
            }
        }
    }

    /// TLS, always with full verification of the server's certificate.
    package struct TLS: Sendable, Hashable {
        /// A file of PEM certificates to trust instead of the system's.
        package var authority: String?
        /// The name the certificate must hold; the host of the URL unless set.
        package var serverName: String?

        package init(authority: String? = nil, serverName: String? = nil) {
            self.authority = authority
            self.serverName = serverName
        }
    }

    /// Bounds on what is waited for and kept.
    package struct Limits: Sendable, Hashable {
        /// The largest reply, in bytes.
        package var replyBytes = 64 << 20
        /// The most elements of one reply.
        package var replyElements = 4 << 20
        /// The most calls that wait for a reply or a connection.
        package var calls = 100_000
        /// The most bytes that wait to be written.
        package var queuedBytes = 256 << 20

        package init() {}
    }

    package var endpoint: Endpoint
    package var username: String?
    package var password: String?
    package var database = 0
    package var tls: TLS?
    /// Shown by CLIENT LIST.
    package var clientName = "stepstream"
    package var connectTimeout = Duration.seconds(5)
    /// How long a call may take in all.
    package var commandTimeout = Duration.seconds(5)
    /// The pause before the second attempt to connect; doubled from attempt to attempt, with jitter.
    package var reconnectPause = Duration.milliseconds(20)
    package var maximumReconnectPause = Duration.seconds(1)
    package var limits = Limits()

    package init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    /// Reads `redis://[user[:password]@]host[:port][/database]`, `rediss://…` (TLS) or `unix:///path[?db=n]`.
    ///
    /// - Throws: `RedisError` with code `configuration`, which says what is wrong and never shows the password.
    package init(url: String) throws(RedisError) {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { throw Self.bad("it has no \"://\"") }
        let rest = url[colon...].dropFirst(3)
        switch url[..<colon] {
        case "unix": try self.init(unix: rest)
        case "redis": try self.init(tcp: rest)
        case "rediss":
            try self.init(tcp: rest)
            tls = TLS()
        default: throw Self.bad("its scheme is none of redis, rediss and unix")
        }
    }

    private init(unix rest: Substring) throws(RedisError) {
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = parts[0]
        var credentials: Substring?
        if let at = path.lastIndex(of: "@"), !path.hasPrefix("/") {
            credentials = path[..<at]
            path = path[path.index(after: at)...]
        }
        guard path.hasPrefix("/"), path.utf8.count > 1 else { throw Self.bad("the path of a unix socket must be absolute: unix:///path") }
        self.init(.unix(path: try Self.decoded(path)))
        try take(credentials)
        if parts.count == 2 {
            guard parts[1].hasPrefix("db="), let number = Int(parts[1].dropFirst(3)), number >= 0 else {
                throw Self.bad("after \"?\" only db=<number> may stand")
            }
            database = number
        }
    }

    private init(tcp rest: Substring) throws(RedisError) {
        var authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest[authority.endIndex...]
        var credentials: Substring?
        if let at = authority.lastIndex(of: "@") {
            credentials = authority[..<at]
            authority = authority[authority.index(after: at)...]
        }
        let (host, port) = try Self.hostAndPort(authority)
        self.init(.tcp(host: host, port: port))
        try take(credentials)
        let database = path.drop { $0 == "/" }
        if !database.isEmpty {
            guard let number = Int(database), number >= 0 else { throw Self.bad("the database after \"/\" must be a number") }
            self.database = number
        }
    }

    private static func hostAndPort(_ authority: Substring) throws(RedisError) -> (String, Int) {
        var host = authority
        var port = 6379
        let bracket = authority.lastIndex(of: "]")
        if let colon = authority.lastIndex(of: ":"), bracket.map({ $0 < colon }) ?? true {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65535).contains(number) else {
                throw bad("the port must be a number from 1 to 65535")
            }
            port = number
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw bad("it names no host") }
        return (String(host), port)
    }

    private mutating func take(_ credentials: Substring?) throws(RedisError) {
        guard let credentials else { return }
        let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if !parts[0].isEmpty { username = try Self.decoded(parts[0]) }
        if parts.count == 2 { password = try Self.decoded(parts[1]) }
        // redis-cli reads `redis://secret@host` as a user without a password; so do we, and say so when AUTH needs one.
        if password == nil, username != nil { throw Self.bad("it names a user but no password: write redis://user:password@host") }
    }

    private static func decoded(_ text: Substring) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let escaped = UInt8(String(Substring(rest.prefix(2))), radix: 16), rest.count >= 2 else {
                throw bad("a percent sign is not followed by two hexadecimal digits")
            }
            bytes.append(escaped)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func bad(_ words: String) -> RedisError {
        RedisError(
            .configuration,
            "The Redis URL cannot be used: \(words). Allowed: redis://[user:password@]host[:port][/database], rediss://… for TLS, unix:///path."
        )
    }

    /// The address without credentials.
    package var description: String {
        let user = username.map { $0 + "@" } ?? ""
        switch endpoint {
        case .tcp: return "\(tls == nil ? "redis" : "rediss")://\(user)\(endpoint)/\(database)"
        case .unix: return "unix://\(endpoint)"
        }
    }
}
