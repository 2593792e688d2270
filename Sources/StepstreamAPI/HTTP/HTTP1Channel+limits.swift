package import HummingbirdCore
import NIOCore

extension HTTP1Channel.Configuration {
    /// Connections that keep to the limits of `configuration`, and name problems by `address`.
    package init(_ configuration: ServerConfiguration, address: PublicAddress) {
        let limits = ConnectionTiming.Limits(
            head: TimeAmount(configuration.headerDeadline),
            request: TimeAmount(configuration.requestDeadline),
            idle: TimeAmount(configuration.idleTimeout)
        )
        self.init(
            additionalChannelHandlers: [ConnectionGuard(limits: limits, base: { address.base })],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: configuration.headerSize,
                maxHeaderListSize: configuration.headerSize,
                maxHeaderFieldCount: configuration.headerFields
            )
        )
    }
}
