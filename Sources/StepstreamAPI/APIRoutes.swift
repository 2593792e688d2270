import Stepstream

/// All routes of the API, in the order of the description.
package struct APIRoutes: Sendable {
    private let parts: APIParts
    private let ownMetrics: @Sendable () -> String

    /// The routes over `parts`; `ownMetrics`: what this process has counted, in the text format of Prometheus.
    package init(_ parts: APIParts, ownMetrics: @escaping @Sendable () -> String) {
        self.parts = parts
        self.ownMetrics = ownMetrics
    }

    /// Histories as streams.
    package var events: EventRoutes { EventRoutes(parts) }

    /// Adds the routes.
    package func add(to endpoints: inout Endpoints) {
        SubmissionRoute(parts).add(to: &endpoints)
        OperationsRoutes(parts).add(to: &endpoints)
        BatchRoute(parts).add(to: &endpoints)
        ExplainRoute(parts).add(to: &endpoints)
        CommandRoutes(parts).add(to: &endpoints)
        events.add(to: &endpoints)
        DeliveryRoutes(parts).add(to: &endpoints)
        ConsistencyRoutes(parts).add(to: &endpoints)
        IDsRoute(parts).add(to: &endpoints)
        DefinitionsRoutes(parts).add(to: &endpoints)
        DescriptionRoutes(parts).add(to: &endpoints)
        HealthRoutes(parts).add(to: &endpoints)
        MetricsRoute(parts, own: ownMetrics).add(to: &endpoints)
        TopologyRoutes(parts).add(to: &endpoints)
        ProblemPages().add(to: &endpoints)
        CountsRoute(parts).add(to: &endpoints)
        QueueRoutes(parts).add(to: &endpoints)
    }
}
