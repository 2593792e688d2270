import Stepstream

extension SharedRead<Topology, StoreError> {
    /// The metrics of the topology; none while the store does not answer, which `stepstream_ready` shows.
    package var metricsText: String {
        get async {
            do throws(StoreError) {
                return try await current().metrics.text
            } catch {
                return ""
            }
        }
    }
}

extension Topology {
    /// How much is not as it should be, as a metric.
    var metrics: PrometheusText {
        var text = PrometheusText()
        let findings = findings
        let values = TopologyFinding.Kind.allCases.map { kind in
            (labels: [("kind", kind.rawValue)], value: Double(findings.count { $0.kind == kind }))
        }
        text.add(
            "stepstream_topology_findings",
            kind: .gauge,
            help: "Findings of the topology: inconsistencies among processes, queues and definitions.",
            values: values
        )
        return text
    }
}
