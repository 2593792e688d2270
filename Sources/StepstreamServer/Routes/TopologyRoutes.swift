import HTTPTypes
import Hummingbird
import Stepstream

/// `/topology`: who publishes and who consumes.
struct TopologyRoutes: Sendable {
    let topology: TopologyCache

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, "/topology") { _, _ in .json(try await topology.current().json) }
    }
}
