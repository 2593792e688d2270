import Hummingbird
import Stepstream

/// `/openapi.json`: the description of this API.
struct DescriptionRoutes: Sendable {
    private let catalog: DefinitionCatalog

    init(_ parts: APIParts) {
        catalog = parts.catalog
    }

    func add(to endpoints: inout Endpoints) {
        let document = OpenAPIDocument(catalog).json
        endpoints.on(.get, at: "/openapi.json") { _, _ in .json(document) }
    }
}
