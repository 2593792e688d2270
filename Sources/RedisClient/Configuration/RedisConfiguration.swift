/// Where Redis is, who we are there, and the limits of the client.
///
/// Neither ``description`` nor a dump of the value shows the password.
package struct RedisConfiguration: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address of the server.
    package enum Endpoint: Hashable, Sendable, CustomStringConvertible {
        case tcp(host: String, port: Int)
        case unix(path: String)

        package var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unix(let path): path
            }
        }
    }

    /// Where the server is. Not used with ``sentinels``.
    package var endpoint: Endpoint
    /// Who knows where the server is, if it is one of several that take over for each other; then it is asked for at every connect.
    package var sentinels: Sentinels?

    /// The ACL user; nil for the user `default`.
    package var username: String?
    /// The user's password; nil when the server asks for none.
    package var password: String?
    /// The number of the database; 0 is never selected explicitly, and is the only one of a cluster.
    package var database: Int
    /// TLS, or nil for a plain connection. With a value nothing is ever sent in the clear.
    package var tls: TLS?
    /// The name shown in Redis' `CLIENT LIST`; without spaces. Nil sets none.
    package var clientName: String?

    /// The limit for reaching the server, and again for TLS and logging in. 5 s.
    package var connectTimeout: Duration = .seconds(5)
    /// The limit for one call, from the moment it is made, waiting for a connection included. 5 s.
    package var commandTimeout: Duration = .seconds(5)
    /// How often a subscriber's connection is asked for a sign of life. 10 s.
    package var keepAlive: Duration = .seconds(10)
    package var reconnect: Backoff = .init()
    package var limits: Limits = .init()

    package init(
        endpoint: Endpoint = .tcp(host: "127.0.0.1", port: 6379),
        username: String? = nil,
        password: String? = nil,
        database: Int = 0,
        tls: TLS? = nil,
        clientName: String? = nil
    ) {
        self.endpoint = endpoint
        self.username = username
        self.password = password
        self.database = database
        self.tls = tls
        self.clientName = clientName
    }

    /// As a URL, with `***` for the password; what logs in at the sentinels is left out.
    package var description: String {
        let user = username ?? ""
        let login = password == nil ? (user.isEmpty ? "" : "\(user)@") : "\(user):***@"
        let secure = tls == nil ? "redis" : "rediss"
        if sentinels != nil { return "\(secure)+sentinel://\(login)\(place)/\(database)" }
        return switch endpoint {
        case .tcp: "\(secure)://\(login)\(endpoint)/\(database)"
        case .unix: "unix://\(login)\(endpoint)?db=\(database)"
        }
    }

    /// The address for logs: that of the server, or those of its sentinels and its name there.
    var place: String {
        guard let sentinels else { return "\(endpoint)" }
        return sentinels.addresses.map(\.description).joined(separator: ",") + "/" + sentinels.primaryName
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
