import EventLoopTasks
package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A connection of the API: Hummingbird's HTTP/1.1, except that bytes behind a request for another protocol are kept for that protocol.
package struct APIChannel: HTTPChannelHandler {
    private let http: HTTP1Channel

    package init(_ http: HTTP1Channel) {
        self.http = http
    }

    package var responder: Responder { http.responder }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = http.configuration.httpDecoder.maxHeaderFieldSize
            limits.maxHeaderListSize = http.configuration.httpDecoder.maxHeaderListSize
            limits.maxHeaderFieldCount = http.configuration.httpDecoder.maxHeaderFieldCount
            // A WebSocket's first frame may arrive before the answer that it waited for has been turned into one here.
            let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HTTPResponseEncoder())
            try pipeline.addHandler(ByteToMessageHandler(decoder))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandlers(http.configuration.additionalChannelHandlers())
            try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    /// On the connection's own thread: a request is then read, worked on and answered without waking another one for each part.
    package func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await handleHTTP(asyncChannel: value, logger: logger)
        }
    }
}
