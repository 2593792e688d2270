import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// `/metrics`: what the store holds and has counted, then what this process has.
struct MetricsRoute: Sendable {
    let health: HealthCache
    let topology: TopologyCache?
    let own: @Sendable () -> String

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, "/metrics") { _, _ in
            .metrics(await health.current().metrics.text + (await topology?.metrics ?? "") + own())
        }
    }
}

extension Response {
    /// Metrics in the text format of Prometheus.
    static func metrics(_ text: String) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
        headers[.cacheControl] = "no-store"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
