import NIOCore

extension FaultProxy {
    /// An address to listen on or to connect to.
    package enum Endpoint: Hashable, Sendable, CustomStringConvertible {
        /// A unix socket's path.
        case unix(path: String)
        /// A host and a port.
        case tcp(host: String, port: Int)

        /// The endpoint of a `unix:///path` URL.
        ///
        /// - Parameter url: For example ``RedisServer/url``.
        package init?(unixURL url: String) {
            guard url.hasPrefix("unix:///") else { return nil }
            self = .unix(path: String(url.dropFirst("unix://".count)))
        }

        /// `unix:///path` or `redis://host:port`.
        package var redisURL: String {
            switch self {
            case .unix(let path): "unix://\(path)"
            case .tcp(let host, let port): "redis://\(host):\(port)"
            }
        }

        /// The path, or `host:port`.
        package var description: String {
            switch self {
            case .unix(let path): path
            case .tcp(let host, let port): "\(host):\(port)"
            }
        }

        /// The port that the system chose for port 0.
        func bound(to address: SocketAddress?) -> Endpoint {
            guard case .tcp(let host, _) = self, let port = address?.port else { return self }
            return .tcp(host: host, port: port)
        }
    }
}
