import Hummingbird
import Stepstream
import StepstreamAPI

// Who publishes and who consumes.
extension DashboardRoutes {
    func addTopology(to endpoints: inout Endpoints) {
        page("/dashboard/topology", to: &endpoints) { _, _, _ in
            let page = TopologyPage(topology: try await readings.topology.current())
            return frame("Topology", section: .topology, live: .topology, health: await readings.health.current(), content: page.content)
        }
    }
}
