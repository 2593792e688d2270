import NIOCore
import NIOPosix
import Synchronization

/// A TCP port that leads to Redis's socket, through a `Weather`.
final class Proxy: Sendable {
    let weather = Weather()
    let port: Int
    private let listener: any Channel
    private let open: Mutex<[ObjectIdentifier: any Channel]>

    private init(listener: any Channel, open: [ObjectIdentifier: any Channel]) {
        self.listener = listener
        self.open = Mutex(open)
        port = listener.localAddress?.port ?? 0
    }

    /// Listens on any free port of this machine and leads to `socket`.
    static func start(to socket: String) async throws -> Proxy {
        let made = Mutex<Proxy?>(nil)
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                guard let proxy = made.withLock({ $0 }) else { return client.close() }
                return proxy.connect(client, to: socket)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = Proxy(listener: listener, open: [:])
        made.withLock { $0 = proxy }
        return proxy
    }

    private func connect(_ client: any Channel, to socket: String) -> EventLoopFuture<Void> {
        let weather = weather
        return ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(unixDomainSocketPath: socket)
            .flatMapThrowing { server in
                try client.pipeline.syncOperations.addHandler(Relay(to: server, weather))
                try server.pipeline.syncOperations.addHandler(Relay(to: client, weather))
                self.open.withLock { $0[ObjectIdentifier(client)] = client }
                client.closeFuture.whenComplete { _ in self.open.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(client)) } }
                client.setOption(.autoRead, value: true).whenComplete { _ in }
                server.setOption(.autoRead, value: true).whenComplete { _ in }
            }
    }

    /// Closes all connections.
    func cut() {
        let channels = open.withLock { Array($0.values) }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Ends the proxy and all connections.
    func stop() async throws {
        cut()
        try await listener.close()
    }
}

/// Carries the bytes of one direction.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let peer: any Channel
    private let weather: Weather
    private var held: CircularBuffer<(bytes: ByteBuffer, due: NIODeadline)> = []
    private var isScheduled = false
    private var isEnded = false

    init(to peer: any Channel, _ weather: Weather) {
        self.peer = peer
        self.weather = weather
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        held.append((unwrapInboundIn(data), .now() + .milliseconds(weather.current.delay)))
        returnUnbegun(on: context.eventLoop)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // What was sent before arrives all the same, however late.
        isEnded = true
        returnUnbegun(on: context.eventLoop)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The other side hears of it by the close.
        context.close(promise: nil)
    }

    private func returnUnbegun(on eventLoop: any EventLoop) {
        guard !isScheduled else { return }
        while let first = held.first {
            let state = weather.current
            guard !state.isStalled, first.due <= .now() else { return again(on: eventLoop) }
            guard let piece = held[held.startIndex].bytes.readSlice(length: min(state.chunk, first.bytes.readableBytes)) else { return }
            if held[held.startIndex].bytes.readableBytes == 0 { held.removeFirst() }
            peer.writeAndFlush(piece, promise: nil)
            if state.chunk < .max { return again(on: eventLoop) }
        }
        if isEnded { peer.close(promise: nil) }
    }

    private func again(on eventLoop: any EventLoop) {
        isScheduled = true
        let relay = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: .milliseconds(1)) {
            relay.value.isScheduled = false
            relay.value.returnUnbegun(on: eventLoop)
        }
    }
}
