import HTTPTypes
package import Hummingbird
import NIOCore
import Stepstream

/// `/metrics`: what the store holds and has counted, then what this process has.
struct MetricsRoute: Sendable {
    private let health: SharedHealth
    private let topology: SharedTopology
    private let own: @Sendable () -> String

    init(_ parts: APIParts, own: @escaping @Sendable () -> String) {
        health = parts.health
        topology = parts.topology
        self.own = own
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: "/metrics") { _, _ in
            let held = await health.current().metrics.text
            return .metrics(held + (await topology.metricsText) + own())
        }
    }
}

extension Response {
    /// Metrics in the text format of Prometheus.
    package static func metrics(_ text: String) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
        headers[.cacheControl] = "no-store"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
