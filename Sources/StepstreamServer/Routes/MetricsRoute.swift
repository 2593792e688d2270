import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// `/metrics`
struct MetricsRoute: Sendable {
    let health: HealthCache
    let topology: TopologyCache?

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, "/metrics") { _, _ in
            var headers = HTTPFields()
            headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            headers[.cacheControl] = "no-store"
            var text = await health.current().metrics.text
            text += await topology?.metrics ?? ""
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }
}
