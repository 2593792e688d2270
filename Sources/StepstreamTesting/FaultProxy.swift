import NIOCore
import NIOPosix
import Synchronization

/// A proxy in front of Redis or an HTTP service that a test makes slow, silent or dead.
///
///     let proxy = try await FaultProxy.start(to: #require(.init(unixURL: server.url)))
///     proxy.set(.init(stallAfter: 10), on: .toClient)   // ten bytes of the reply, then silence
///     proxy.cut(.reset)
public final class FaultProxy: Sendable {
    /// How a connection is cut.
    public enum Cut: Sendable {
        /// FIN: the peer reads the end of the stream.
        case close
        /// RST: the peer reads ECONNRESET. A unix socket has no RST and is closed.
        case reset
    }

    private struct State {
        var isRefusing = false
        var pairs: [ObjectIdentifier: Pair] = [:]
    }

    /// A client and its own connection to the server.
    private struct Pair: Sendable {
        let client: any Channel
        let server: any Channel
        let relays: NIOLoopBound<[Relay]>
    }

    /// Where the proxy listens.
    package let endpoint: Endpoint
    private let listener: any Channel
    private let flow: Flow
    private let state: SharedState

    private final class SharedState: Sendable {
        let inner = Mutex(State())
    }

    private init(endpoint: Endpoint, listener: any Channel, flow: Flow, state: SharedState) {
        self.endpoint = endpoint
        self.listener = listener
        self.flow = flow
        self.state = state
    }

    /// How many clients are connected through it now.
    public var connectionCount: Int { state.inner.withLock { $0.pairs.count } }

    /// Starts a proxy.
    ///
    /// - Parameters:
    ///   - server: Where it connects to, once for each client.
    ///   - endpoint: Where it listens; without one, at a free port of 127.0.0.1.
    /// - Returns: the proxy, listening.
    /// - Throws: what binding the endpoint failed with.
    package static func start(
        to server: Endpoint,
        listeningOn endpoint: Endpoint = .tcp(host: "127.0.0.1", port: 0)
    ) async throws -> FaultProxy {
        let flow = Flow()
        let state = SharedState()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { client in
                guard !state.inner.withLock({ $0.isRefusing }) else { return client.close() }
                return connect(client, to: server, flow: flow, state: state)
            }
        let listener: any Channel
        switch endpoint {
        case .unix(let path): listener = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        case .tcp(let host, let port): listener = try await bootstrap.bind(host: host, port: port).get()
        }
        return FaultProxy(endpoint: endpoint.bound(to: listener.localAddress), listener: listener, flow: flow, state: state)
    }

    /// Replaces the faults of one direction, for the connections there are and those to come. What was held back flows again as far
    /// as the new faults let it.
    ///
    /// - Parameters:
    ///   - faults: The faults from now on; `Faults()` heals.
    ///   - direction: Which way.
    public func set(_ faults: Faults, on direction: Direction) {
        flow.set(faults, on: direction)
        for pair in state.inner.withLock({ Array($0.pairs.values) }) {
            pair.client.eventLoop.execute {
                for relay in pair.relays.value { relay.returnUnbegun() }
            }
        }
    }

    /// Heals both directions and accepts connections again.
    public func heal() {
        refuseConnections(false)
        for direction in Direction.allCases { set(Faults(), on: direction) }
    }

    /// The bytes handed on so far.
    ///
    /// - Parameter direction: Which way.
    /// - Returns: their number, over all connections.
    public func byteCount(_ direction: Direction) -> Int {
        flow.byteCount(direction)
    }

    /// While refusing, a new connection is closed as soon as it is made.
    ///
    /// - Parameter isRefusing: Whether to refuse from now on.
    public func refuseConnections(_ isRefusing: Bool = true) {
        state.inner.withLock { $0.isRefusing = isRefusing }
    }

    /// Cuts every connection on both sides; returns when they are closed.
    ///
    /// - Parameter cut: With FIN or with RST.
    public func cut(_ cut: Cut = .close) async {
        let pairs = state.inner.withLock { state in
            defer { state.pairs = [:] }
            return Array(state.pairs.values)
        }
        for channel in pairs.flatMap({ [$0.client, $0.server] }) {
            await Self.close(channel, cut: cut)
        }
    }

    /// Closes the listener and every connection.
    ///
    /// - Throws: what closing the listener failed with.
    public func stop() async throws {
        refuseConnections()
        try await listener.close()
        await cut()
    }

    private static func close(_ channel: any Channel, cut: Cut) async {
        if cut == .reset, channel.remoteAddress?.protocol != .unix, let options = channel as? any SocketOptionProvider {
            // The socket may be gone already, which is what a cut is for.
            _ = try? await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        _ = try? await channel.close()
    }

    private static func connect(
        _ client: any Channel,
        to server: Endpoint,
        flow: Flow,
        state: SharedState
    ) -> EventLoopFuture<Void> {
        // Both on one loop, so that a relay may write to its peer without a hop. The server is not read before the client is there.
        let bootstrap = ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Relay(.toClient, flow: flow, source: channel, peer: client))
                }
            }
        let connected =
            switch server {
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            }
        return connected.flatMapThrowing { upstream in
            let toServer = Relay(.toServer, flow: flow, source: client, peer: upstream)
            try client.pipeline.syncOperations.addHandler(toServer)
            let relays = [toServer, try upstream.pipeline.syncOperations.handler(type: Relay.self)]
            let id = ObjectIdentifier(upstream)
            let pair = Pair(client: client, server: upstream, relays: NIOLoopBound(relays, eventLoop: client.eventLoop))
            state.inner.withLock { $0.pairs[id] = pair }
            client.closeFuture.and(upstream.closeFuture).whenComplete { _ in
                state.inner.withLock { _ = $0.pairs.removeValue(forKey: id) }
            }
        }
    }
}
