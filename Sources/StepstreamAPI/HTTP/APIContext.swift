package import Hummingbird
package import Logging
package import NIOCore
import Stepstream

/// What belongs to one request.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package let channel: any Channel
    /// What the path has where its route leaves something open; instead of Hummingbird's, which its own router fills.
    package var parameters = PathParameters()
    private let name: Logger.MetadataValue

    package init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
        // Hummingbird's `id` is read out of the logger, and a log handler that keeps no metadata has none.
        name = source.logger[metadataKey: "hb.request.id"] ?? .string(String(UInt64.random(in: .min ... .max), radix: 16))
    }

    /// Names the request in the log and in problems. Made when asked for, as most requests appear in neither.
    package var requestID: String { name.description }

    /// The log, with the name of the request.
    package var log: Logger {
        var log = logger
        log[metadataKey: LogKey.request] = name
        return log
    }

    /// Ends when the client has gone away, or when nothing more can be sent: for whoever waits on its behalf.
    package func clientGone() async -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let channel = channel
        channel.eventLoop.execute {
            do {
                try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).onGone { continuation.finish() }
            } catch {
                // Closed already: its handlers are gone.
                continuation.finish()
            }
        }
        return stream
    }
}
