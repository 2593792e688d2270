import NIOCore
import NIOPosix
import Synchronization

@testable import RedisClient

/// A server that answers whatever a test wants, to play what a real Redis does not do on demand.
final class FakeRedis: Sendable {
    enum Answer: Sendable {
        /// These bytes, whatever they are.
        case bytes(String)
        case nothing
        /// These bytes, then the end of the connection.
        case hangUp(String)
    }

    typealias Script = @Sendable (_ words: [String], _ connection: Int) -> Answer?

    let socket: String
    /// Where it listens on 127.0.0.1 instead of the socket, if it was asked to.
    var port: Int? { channel.localAddress?.port }
    private let channel: any Channel

    /// `script` gets the words of each command and the number of its connection, counted from 1. Nil answers as Redis would: PONG
    /// to PING, else OK. `greeting` is sent unasked to everyone who connects.
    /// `tcp` listens on a port: a sentinel tells of no sockets.
    init(greeting: String = "", tcp: Bool = false, _ script: @escaping Script) async throws {
        let socket = try RedisServer.makeDirectory() + "/fake.sock"
        let connections = Counter()
        self.socket = socket
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    connections.add()
                    try channel.pipeline.syncOperations.addHandler(
                        FakeRedisHandler(script: script, greeting: greeting, connection: connections.count)
                    )
                }
            }
        let bound = tcp ? bootstrap.bind(host: "127.0.0.1", port: 0) : bootstrap.bind(unixDomainSocketPath: socket)
        channel = try await bound.get()
    }

    /// The time limit is out of reach, unless a test sets one.
    var configuration: RedisConfiguration {
        var configuration = RedisConfiguration(endpoint: .unix(path: socket))
        configuration.commandTimeout = .seconds(60)
        configuration.connectTimeout = .seconds(60)
        return configuration
    }

    func close() async throws {
        try await channel.close()
        RedisServer.remove(String(socket.dropLast("/fake.sock".count)))
    }
}

private final class FakeRedisHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: FakeRedis.Script
    private let greeting: String
    private let connection: Int
    private let decoder = ReplyDecoder(limits: .init())

    init(script: @escaping FakeRedis.Script, greeting: String, connection: Int) {
        self.script = script
        self.greeting = greeting
        self.connection = connection
    }

    func channelActive(context: ChannelHandlerContext) {
        if !greeting.isEmpty { write(greeting, context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var commands: [[String]] = []
        // What a client sends is an array of strings, which is a reply as well.
        try? decoder.feed(unwrapInboundIn(data)) { request in commands.append(request.map { $0.string ?? "" }) }
        for words in commands {
            switch script(words, connection) ?? .bytes(words.first == "PING" ? "+PONG\r\n" : "+OK\r\n") {
            case .bytes(let text): write(text, context)
            case .nothing: break
            case .hangUp(let text):
                write(text, context)
                context.close(promise: nil)
            }
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
