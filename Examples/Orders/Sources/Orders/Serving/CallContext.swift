import Hummingbird
import NIOCore

/// A request's context that keeps the connection, so that a service can cut it the way a crash would.
struct CallContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
