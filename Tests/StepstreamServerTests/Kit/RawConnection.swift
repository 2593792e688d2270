import NIOCore
import NIOPosix

/// A TCP connection on which a test sends what no HTTP client would.
enum RawConnection {
    /// Sends `parts` and returns all that came until the server closed.
    static func exchange(_ port: Int, _ parts: [String], closesOutput: Bool = false) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            for part in parts { try await outbound.write(ByteBuffer(string: part)) }
            if closesOutput { outbound.finish() }
            var received = ByteBuffer()
            do {
                for try await buffer in inbound { received.writeImmutableBuffer(buffer) }
            } catch is IOError {
                // Reset after the answer: what came is what counts.
            }
            return String(buffer: received)
        }
    }
}
