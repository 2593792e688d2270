import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// `/topology`, `/topology.svg` and `/asyncapi.json`: who publishes and who consumes, for programs and for people.
struct TopologyRoutes: Sendable {
    private let topology: SharedTopology
    private let catalog: DefinitionCatalog
    private let address: PublicAddress

    init(_ parts: APIParts) {
        topology = parts.topology
        catalog = parts.catalog
        address = parts.address
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: "/topology") { _, _ in .json(try await topology.current().json) }
        endpoints.on(.get, at: "/asyncapi.json") { request, _ in
            .json(AsyncAPIDocument(topology: try await topology.current(), catalog: catalog, base: address.base(for: request)).json)
        }
        endpoints.on(.get, at: "/topology.svg", produces: .picture) { _, _ in
            let drawing = TopologyPicture(TopologyGraph(try await topology.current())).svg
            return Response(
                status: .ok,
                headers: [
                    .contentType: "image/svg+xml", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
                    .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(string: drawing))
            )
        }
    }
}
