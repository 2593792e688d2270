extension RedisConfiguration {
    /// The sentinels that know which of several servers is the primary (Redis Sentinel).
    package struct Sentinels: Sendable, Hashable {
        /// Where they are, in the order in which they are asked at first.
        package var addresses: [Endpoint]
        /// What they call the primary: the name in their `sentinel monitor` line.
        package var primaryName: String
        /// The ACL user at the sentinels; nil for the user `default`. The login of the servers is not used there.
        package var username: String?
        /// The password at the sentinels; nil when they ask for none.
        package var password: String?
        /// How long one of them may take to be reached, and again to answer, before the next is asked. 1 s.
        package var patience: Duration = .seconds(1)

        package init(addresses: [Endpoint], primaryName: String, username: String? = nil, password: String? = nil) {
            self.addresses = addresses
            self.primaryName = primaryName
            self.username = username
            self.password = password
        }
    }

    /// How to reach the sentinel at `address`: with its own login, and with TLS if the servers have it.
    func sentinel(at address: Endpoint) -> RedisConfiguration {
        var configuration = RedisConfiguration(
            endpoint: address,
            username: sentinels?.username,
            password: sentinels?.password,
            tls: tls
        )
        let patience = sentinels?.patience ?? .seconds(1)
        configuration.connectTimeout = patience
        configuration.commandTimeout = patience
        // One whose other end has vanished reports no switch: notice before the next.
        configuration.keepAlive = patience
        configuration.reconnect.max = .seconds(1)
        return configuration
    }
}
