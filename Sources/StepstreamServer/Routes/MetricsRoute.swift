import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// `/metrics`
struct MetricsRoute: Sendable {
    let health: HealthCache

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, "/metrics") { _, _ in
            var headers = HTTPFields()
            headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            headers[.cacheControl] = "no-store"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: await health.current().metrics.text)))
        }
    }
}
