extension RedisConfiguration {
    /// Reads `redis://[user[:password]@]host[:port][/db]`, `rediss://…` (TLS), `unix:///path[?db=n]`, or for Redis Sentinel
    /// `redis+sentinel://[user[:password]@]host[:port][,host[:port]…]/name[/db]` and `rediss+sentinel://…`.
    ///
    /// Every part may be percent-encoded; a password that holds one of `/ @ : ? # %` has to be. `?db=n` works for all of them. With
    /// sentinels the hosts are theirs (port 26379), the login is that of the servers, and `?sentinelUsername=…&sentinelPassword=…`
    /// are theirs.
    ///
    /// - Throws: ``RedisError/Code/invalidConfiguration``, with a message that names what is wrong and repeats nothing of the
    ///   URL, since any part of a malformed one may be a piece of the password.
    package init(url: String) throws(RedisError) {
        guard let mark = url.firstRange(of: "://") else {
            throw Self.invalid("it has no scheme; write redis://host:port, rediss://host:port or unix:///path")
        }
        self.init()
        let rest = url[mark.upperBound...]
        guard !rest.contains("#") else { throw Self.invalid("it has a fragment (#); percent-encode that character") }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        switch url[..<mark.lowerBound].lowercased() {
        case "redis":
            try readServer(parts[0])
        case "rediss":
            try readServer(parts[0])
            tls = TLS()
        case "unix", "redis+unix":
            try readSocket(parts[0])
        case "redis+sentinel":
            try readSentinels(parts[0])
        case "rediss+sentinel":
            try readSentinels(parts[0])
            tls = TLS()
        default:
            throw Self.invalid("the scheme is not one of redis, rediss, unix, redis+sentinel, rediss+sentinel")
        }
        if parts.count == 2 { try readQuery(parts[1]) }
    }

    static func invalid(_ what: String, file: String = #fileID, line: Int = #line) -> RedisError {
        RedisError(.invalidConfiguration, "the Redis URL cannot be used: \(what)", class: .configuration, file: file, line: line)
    }

    private mutating func readServer(_ text: Substring) throws(RedisError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let host = try readLogin(parts[0])
        endpoint = try Self.server(host, port: 6379)
        if parts.count == 2, !parts[1].isEmpty { database = try Self.databaseNumber(parts[1]) }
    }

    private mutating func readSentinels(_ text: Substring) throws(RedisError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var addresses: [Endpoint] = []
        for host in try readLogin(parts[0]).split(separator: ",", omittingEmptySubsequences: false) {
            addresses.append(try Self.server(host, port: 26_379))
        }
        guard parts.count >= 2, !parts[1].isEmpty else {
            throw Self.invalid("what the sentinels call the primary is missing: write redis+sentinel://host:26379,host:26379/name")
        }
        guard parts.count <= 3 else { throw Self.invalid("more than /name/database follows the sentinels' addresses") }
        sentinels = Sentinels(addresses: addresses, primaryName: try Self.decoded(parts[1], part: "the primary's name"))
        if parts.count == 3, !parts[2].isEmpty { database = try Self.databaseNumber(parts[2]) }
        // A switch takes seconds; who waits the longest pause after it would add as many.
        reconnect.max = .seconds(1)
    }

    private mutating func readSocket(_ text: Substring) throws(RedisError) {
        // unix://user:password@/path: what precedes the first slash is the login.
        let start = text.firstIndex(of: "/") ?? text.endIndex
        let rest = try readLogin(text[..<start])
        guard rest.isEmpty else { throw Self.invalid("a socket's path is absolute: write unix:///path, with three slashes") }
        let path = try Self.decoded(text[start...], part: "the path")
        guard path.utf8.count > 1 else { throw Self.invalid("the path of the socket is missing") }
        // sockaddr_un holds 108 bytes with the terminator.
        guard path.utf8.count <= 107 else { throw Self.invalid("the path of the socket is longer than 107 bytes") }
        endpoint = .unix(path: path)
    }

    /// Reads `user:password@` and returns what follows it.
    private mutating func readLogin(_ text: Substring) throws(RedisError) -> Substring {
        guard let at = text.lastIndex(of: "@") else { return text }
        let login = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = try Self.decoded(login[0], part: "the user name")
        username = user.isEmpty ? nil : user
        if login.count == 2 {
            let secret = try Self.decoded(login[1], part: "the password")
            password = secret.isEmpty ? nil : secret
        }
        return text[text.index(after: at)...]
    }

    /// The host and the port, which without one is `standard`.
    private static func server(_ text: Substring, port standard: Int) throws(RedisError) -> Endpoint {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw invalid("the IPv6 address lacks its closing bracket") }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw invalid("something other than a port follows the address") }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        let name = try decoded(host, part: "the host")
        guard !name.isEmpty else { throw invalid("the host is missing") }
        return .tcp(host: name, port: try portNumber(port) ?? standard)
    }

    private mutating func readQuery(_ text: Substring) throws(RedisError) {
        for item in text.split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw Self.invalid(Self.allowedQuery) }
            switch pair[0] {
            case "db": database = try Self.databaseNumber(pair[1])
            case "sentinelUsername" where sentinels != nil:
                sentinels?.username = try Self.decoded(pair[1], part: "the sentinels' user name")
            case "sentinelPassword" where sentinels != nil: sentinels?.password = try Self.decoded(pair[1], part: "the sentinels' password")
            default: throw Self.invalid(Self.allowedQuery)
            }
        }
    }

    private static let allowedQuery = "only ?db=n may follow the address, and with sentinels sentinelUsername and sentinelPassword"

    private static func portNumber(_ text: Substring?) throws(RedisError) -> Int? {
        guard let text else { return nil }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(text), (1...65_535).contains(port) else {
            throw invalid("the port is not a number from 1 to 65535; a password with / @ : ? # must be percent-encoded")
        }
        return port
    }

    private static func databaseNumber(_ text: Substring) throws(RedisError) -> Int {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text), number < 1_000_000 else {
            throw invalid("the database is not a number; a password with / @ : ? # must be percent-encoded")
        }
        return number
    }

    /// Undoes percent-encoding (RFC 3986, 2.1).
    private static func decoded(_ text: Substring, part: String) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard digits.count == 2 else { throw invalid("\(part) has a % that two hexadecimal digits do not follow") }
            rest = rest.dropFirst(2)
            bytes.append(UInt8(digits[0] * 16 + digits[1]))
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw invalid("\(part) is not UTF-8 text once its percent-encoding is undone")
        }
        return decoded
    }
}
