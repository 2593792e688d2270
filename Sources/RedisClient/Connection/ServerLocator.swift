import NIOCore

/// Finds the server for every new connection, where it is not always the same.
protocol ServerLocator: Sendable {
    /// Asks where the server is.
    func locate(on eventLoop: any EventLoop) async throws(RedisError) -> LocatedServer

    /// What `server` names could not be reached, or is not the one that is looked for.
    func misled(by server: LocatedServer)

    /// A connection to `server` is about to be made; it is closed when another takes the place of the server, until `gone`.
    func register(
        _ handler: NIOLoopBound<ConnectionHandler>,
        to server: LocatedServer,
        until gone: EventLoopFuture<RedisError>
    )
        throws(RedisError)
}

/// Where the server is, which sentinel said so, and how many switches were known then.
struct LocatedServer: Sendable {
    let endpoint: RedisConfiguration.Endpoint
    let sentinel: RedisConfiguration.Endpoint
    let switches: Int
}
