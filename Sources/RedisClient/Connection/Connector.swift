import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Makes connections: socket, TLS, login.
final class Connector: Sendable {
    /// What the reads of a busy connection may bring at once; hiredis is fed by slices of 16 KB.
    private static let mostReadAtOnce = 64 * 1024

    let configuration: RedisConfiguration
    let statistics: StatisticsCounters
    /// Asked at every connect; without one the configured address is connected to.
    private let locator: (any ServerLocator)?
    /// Made once from the files, and anew after a failure, so that replaced certificates are picked up.
    private let tlsContext = Mutex<NIOSSLContext?>(nil)

    init(configuration: RedisConfiguration, locator: (any ServerLocator)? = nil, statistics: StatisticsCounters) {
        self.configuration = configuration
        self.locator = locator
        self.statistics = statistics
    }

    /// Connects and logs in, within the connect timeout. Cancelling the task gives up at once.
    func connect(
        on eventLoop: any EventLoop,
        role: ConnectionMachine<Call>.Role,
        identify: Bool = false,
        owner: any ConnectionOwner
    ) async throws(RedisError) -> Connection {
        guard let locator else { return try await connect(to: nil, on: eventLoop, role: role, identify: identify, for: owner) }
        let place = try await locator.locate(on: eventLoop)
        do throws(RedisError) {
            return try await connect(to: place, on: eventLoop, role: role, identify: identify, for: owner)
        } catch {
            if error.code != .cancelled { locator.misled(by: place) }
            throw error
        }
    }

    /// Connects to `place`, or without one to the configured address.
    private func connect(
        to place: LocatedServer?,
        on eventLoop: any EventLoop,
        role: ConnectionMachine<Call>.Role,
        identify: Bool,
        for owner: any ConnectionOwner
    ) async throws(RedisError) -> Connection {
        let endpoint = place?.endpoint ?? configuration.endpoint
        do {
            let tls = try tlsHandlerMaker(endpoint)
            let promise = eventLoop.makePromise(of: Connection.self)
            let make = handlerMaker(role: role, login: Login(configuration, identify: identify), owner: owner, place: place)
            let channel = open(endpoint, on: eventLoop, tls: tls, make: make, result: promise)
            let made = try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                promise.fail(Self.cancelled())
                channel.whenSuccess { $0.close(mode: .all, promise: nil) }
            }
            // Cancelled right after the login was through: the connection stands in the result, and is being closed.
            if Task.isCancelled { throw Self.cancelled() }
            return made
        } catch {
            tlsContext.withLock { $0 = nil }
            throw ConnectionFailure.describe(error, loggingIn: true)
        }
    }

    private static func cancelled() -> RedisError {
        RedisError(.cancelled, "connecting to Redis was cancelled", class: .cancelled)
    }

    /// What makes the handler of a new channel.
    private typealias HandlerMaker =
        @Sendable (
            _ eventLoop: any EventLoop, _ loginDone: EventLoopPromise<Int?>, _ gone: EventLoopPromise<RedisError>
        ) throws -> ConnectionHandler

    private func handlerMaker(
        role: ConnectionMachine<Call>.Role,
        login: Login,
        owner: any ConnectionOwner,
        place: LocatedServer?
    ) -> HandlerMaker {
        { [configuration, statistics, locator] eventLoop, loginDone, gone in
            let handler = ConnectionHandler(
                role: role,
                login: login,
                configuration: configuration,
                owner: owner,
                statistics: statistics,
                loginDone: loginDone,
                gone: gone
            )
            if let place { try locator?.register(NIOLoopBound(handler, eventLoop: eventLoop), to: place, until: gone.futureResult) }
            return handler
        }
    }

    private func open(
        _ endpoint: RedisConfiguration.Endpoint,
        on eventLoop: any EventLoop,
        tls: (@Sendable () throws -> NIOSSLClientHandler)?,
        make: @escaping HandlerMaker,
        result: EventLoopPromise<Connection>
    ) -> EventLoopFuture<any Channel> {
        let loginDone = eventLoop.makePromise(of: Int?.self)
        let gone = eventLoop.makePromise(of: RedisError.self)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 16_384, maximum: Self.mostReadAtOnce)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(tls()) }
                    try channel.pipeline.syncOperations.addHandler(make(channel.eventLoop, loginDone, gone))
                }
            }
        let channel: EventLoopFuture<any Channel> =
            switch endpoint {
            case .tcp(let host, let port):
                bootstrap.channelOption(.socketOption(.so_keepalive), value: 1).connect(host: host, port: port)
            case .unix(let path):
                bootstrap.connect(unixDomainSocketPath: path)
            }
        channel.whenFailure { error in
            loginDone.fail(error)
            gone.succeed(ConnectionFailure.describe(error, loggingIn: true))
        }
        channel.and(loginDone.futureResult).flatMapThrowing { channel, clientID in
            let handler = try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
            return Connection(
                channel: channel,
                handler: NIOLoopBound(handler, eventLoop: eventLoop),
                clientID: clientID,
                gone: gone.futureResult
            )
        }.cascade(to: result)
        return channel
    }

    /// Nil without TLS. Whatever is wrong with the TLS configuration throws: nothing is ever sent in the clear instead.
    private func tlsHandlerMaker(
        _ endpoint: RedisConfiguration.Endpoint
    ) throws(RedisError) -> (@Sendable () throws -> NIOSSLClientHandler)? {
        guard let tls = configuration.tls else { return nil }
        do {
            let context = try tlsContext.withLock { kept in
                if let kept { return kept }
                let made = try NIOSSLContext(configuration: try Self.tlsConfiguration(tls))
                kept = made
                return made
            }
            let name = tls.serverName ?? Self.hostName(endpoint)
            return { try NIOSSLClientHandler(context: context, serverHostname: name) }
        } catch {
            throw RedisError(
                .tlsFailed,
                "the TLS configuration for Redis cannot be used; check the certificate, key and CA files",
                class: .configuration,
                cause: error
            )
        }
    }

    private static func tlsConfiguration(_ tls: RedisConfiguration.TLS) throws -> TLSConfiguration {
        var made = TLSConfiguration.makeClientConfiguration()
        made.minimumTLSVersion = .tlsv12
        made.certificateVerification = .fullVerification
        if let file = tls.authorityFile { made.trustRoots = .file(file) }
        if let file = tls.certificateFile {
            made.certificateChain = try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) }
            made.privateKey = .privateKey(try NIOSSLPrivateKey(file: tls.keyFile ?? file, format: .pem))
        }
        return made
    }

    /// The name for SNI and verification; nil for an IP address, which is verified as such and may not be sent as a name.
    private static func hostName(_ endpoint: RedisConfiguration.Endpoint) -> String? {
        guard case .tcp(let host, _) = endpoint else { return nil }
        return (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
    }
}
