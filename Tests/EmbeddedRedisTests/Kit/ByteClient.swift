import NIOCore
import NIOPosix

@testable import StepstreamTesting

/// A connection that sends text and reads a given number of bytes.
struct ByteClient: Sendable {
    /// What came in so far.
    struct Inbox: Sendable {
        var bytes = ByteBuffer()
        var hasEnded = false
        var error: (any Error)?
    }

    let channel: any Channel
    let inbox: AwaitedState<Inbox>

    static func connect(to endpoint: FaultProxy.Endpoint) async throws -> ByteClient {
        let inbox = AwaitedState(Inbox())
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Collector(inbox))
            }
        }
        switch endpoint {
        case .unix(let path):
            return ByteClient(channel: try await bootstrap.connect(unixDomainSocketPath: path).get(), inbox: inbox)
        case .tcp(let host, let port):
            return ByteClient(channel: try await bootstrap.connect(host: host, port: port).get(), inbox: inbox)
        }
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Reads so many bytes; `nil` when the connection ended before, and the error that it ended with.
    func read(_ count: Int) async throws -> String? {
        try await inbox.wait { $0.bytes.readableBytes >= count || $0.hasEnded || $0.error != nil }
        return try inbox.update { inbox in
            Result {
                if let text = inbox.bytes.readString(length: count) { return String?.some(text) }
                if let error = inbox.error { throw error }
                return nil
            }
        }.get()
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let inbox: AwaitedState<Inbox>

        init(_ inbox: AwaitedState<Inbox>) { self.inbox = inbox }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            inbox.update { _ = $0.bytes.writeBuffer(&bytes) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            inbox.update { $0.error = error }
        }

        func channelInactive(context: ChannelHandlerContext) {
            inbox.update { $0.hasEnded = true }
        }
    }
}

func withClient(of proxy: FaultProxy, _ body: (ByteClient) async throws -> Void) async throws {
    let client = try await ByteClient.connect(to: proxy.endpoint)
    do {
        try await body(client)
    } catch {
        client.channel.close(promise: nil)
        throw error
    }
    // A test may have cut it already.
    _ = try? await client.channel.close()
}
