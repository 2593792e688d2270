import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// One connection: commands out, replies in, in order.
final class RedisConnection: Sendable {
    let channel: any Channel
    private let handler: NIOLoopBound<RedisChannelHandler>
    /// CLIENT ID, by which another connection can unblock this one.
    let id: Int

    private init(_ channel: any Channel, _ handler: NIOLoopBound<RedisChannelHandler>, id: Int) {
        self.channel = channel
        self.handler = handler
        self.id = id
    }

    /// Connects and introduces the client: AUTH, SELECT, CLIENT SETNAME. Never HELLO: hiredis 0.14 knows RESP2 only.
    static func connect(
        _ configuration: RedisConfiguration,
        on group: any EventLoopGroup,
        statistics: RedisStatistics,
        onPush: (@Sendable (RedisReply) -> Void)? = nil
    ) async throws(RedisError) -> RedisConnection {
        let loop = group.next()
        let channel: any Channel
        do {
            let tls = try configuration.tlsContext()
            channel = try await bootstrap(configuration, tls, on: loop, statistics, onPush)
        } catch let error as RedisError {
            throw error
        } catch {
            throw RedisError(.notConnected, "Redis at \(configuration.endpoint) cannot be reached: \(error)", cause: error)
        }
        do {
            return try await introduce(configuration, channel, loop)
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    private static func bootstrap(
        _ configuration: RedisConfiguration,
        _ tls: NIOSSLContext?,
        on loop: any EventLoop,
        _ statistics: RedisStatistics,
        _ onPush: (@Sendable (RedisReply) -> Void)?
    ) async throws -> any Channel {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: configuration.serverName)
                        )
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        RedisChannelHandler(limits: configuration.limits, statistics: statistics, onPush: onPush)
                    )
                }
            }
        switch configuration.endpoint {
        case .tcp(let host, let port): return try await bootstrap.connect(host: host, port: port).get()
        case .unix(let path):
            // TCP_NODELAY cannot be set on a unix socket.
            let plain = ClientBootstrap(group: loop).connectTimeout(TimeAmount(configuration.connectTimeout)).channelInitializer {
                channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        RedisChannelHandler(limits: configuration.limits, statistics: statistics, onPush: onPush)
                    )
                }
            }
            return try await plain.connect(unixDomainSocketPath: path).get()
        }
    }

    private static func introduce(
        _ configuration: RedisConfiguration,
        _ channel: any Channel,
        _ loop: any EventLoop
    ) async throws(RedisError) -> RedisConnection {
        let handler: NIOLoopBound<RedisChannelHandler>
        do {
            handler = try await loop.submit {
                NIOLoopBound(try channel.pipeline.syncOperations.handler(type: RedisChannelHandler.self), eventLoop: loop)
            }.get()
        } catch {
            throw RedisError(.notConnected, "Redis at \(configuration.endpoint) closed the connection at once: \(error)", cause: error)
        }
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            commands.append(configuration.username.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password))
        }
        if configuration.database != 0 { commands.append(RedisCommand("SELECT", String(configuration.database))) }
        commands.append(RedisCommand("CLIENT", "SETNAME", configuration.clientName))
        commands.append(RedisCommand("CLIENT", "ID"))
        let connection = RedisConnection(channel, handler, id: 0)
        let replies = try await connection.send(commands, timeout: configuration.connectTimeout)
        for (command, reply) in zip(commands, replies) {
            guard var error = reply.error else { continue }
            if command.name == "CLIENT", error.code.description == "NOPERM" || error.errorClass == .other { continue }
            error.message = "Redis at \(configuration.endpoint) refused \(command.name): \(error.message)"
            throw error
        }
        return RedisConnection(channel, handler, id: replies.last?.integer ?? 0)
    }

    /// Sends commands as one pipeline and waits for all replies.
    func send(_ commands: [RedisCommand], timeout: Duration) async throws(RedisError) -> [RedisReply] {
        let call = Call(commands, deadline: .now() + TimeAmount(timeout))
        return try await call.replies { write([$0]) }.get()
    }

    /// Writes calls; each is answered or failed by the handler.
    func write(_ calls: [Call]) {
        let loop = channel.eventLoop
        if loop.inEventLoop {
            handler.value.write(calls)
        } else {
            loop.execute { self.handler.value.write(calls) }
        }
    }

    func close() {
        channel.close(promise: nil)
    }

    /// Returns when the connection is closed.
    func closed() async {
        // A close that failed has closed all the same.
        do { try await channel.closeFuture.get() } catch { return }
    }
}

extension RedisConfiguration {
    fileprivate func tlsContext() throws(RedisError) -> NIOSSLContext? {
        guard let tls else { return nil }
        var settings = TLSConfiguration.makeClientConfiguration()
        if let file = tls.authority { settings.trustRoots = .file(file) }
        do {
            return try NIOSSLContext(configuration: settings)
        } catch {
            throw RedisError(
                .configuration,
                "TLS cannot be set up with the authority \(tls.authority ?? "of the system"): \(error)",
                cause: error
            )
        }
    }

    fileprivate var serverName: String? {
        if let name = tls?.serverName { return name }
        guard case .tcp(let host, _) = endpoint else { return nil }
        // SNI must not hold an address; the certificate is then checked against the address.
        let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        return isAddress ? nil : host
    }
}
