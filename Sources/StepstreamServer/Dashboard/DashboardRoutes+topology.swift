import Hummingbird
import Stepstream

// Who publishes and who consumes.
extension DashboardRoutes {
    func addTopology(to endpoints: inout Endpoints) {
        page("/dashboard/topology", to: &endpoints) { _, _, _ in
            guard let topology = readings.topology else {
                throw RequestProblem(.notFound, "This service does not register its processes.")
            }
            let page = TopologyPage(topology: try await topology.current())
            return frame("Topology", section: .topology, live: .topology, health: await readings.health.current(), content: page.content)
        }
    }
}
