import Hummingbird
import Logging
import NIOCore
import Stepstream

/// What belongs to one request.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Names the request in the log and in problems.
    let requestID: String

    init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
        // Hummingbird's `id` is read out of the logger, and a log handler that keeps no metadata has none.
        requestID = source.logger[metadataKey: "hb.request.id"]?.description ?? String(UInt64.random(in: .min ... .max), radix: 16)
        logger[metadataKey: LogKey.request] = .string(requestID)
    }

    /// Ends when the client has gone away, or when nothing more can be told: for whoever waits on its behalf.
    func clientGone() async -> AsyncStream<Void> {
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
