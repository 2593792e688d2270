import Hummingbird
import Logging
import NIOCore
import Stepstream

/// What belongs to one request.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
        logger[metadataKey: LogKey.request] = .string(id)
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
