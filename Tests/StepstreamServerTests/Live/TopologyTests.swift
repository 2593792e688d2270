import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("Topology over HTTP", .timeLimit(.minutes(2)))
struct TopologyTests {
    @Test("GET /topology shows processes, queues, findings and the graph; the metric counts the findings")
    func shown() async throws {
        try await TestServer.with { server in
            var process = Registration(role: "serve", host: "host", pid: 1, since: 0)
            process.accept(try DefinitionCatalog([.mail]))
            try await server.store.register(process, for: 60_000)
            let answer = try await server.get("/topology")
            #expect(answer.status == 200)
            let topology = try JSONNode.parse(answer.body)
            #expect(topology.member("processes")?.elements.compactMap { $0.member("process")?.string } == ["serve-host-1"])
            let kinds = topology.member("findings")?.elements.compactMap { $0.member("kind")?.string } ?? []
            #expect(kinds == ["queue-without-consumer"])
            #expect((topology.member("graph")?.member("nodes")?.count ?? 0) > 3)
            let metrics = try await server.get("/metrics").body
            #expect(metrics.contains(#"stepstream_topology_findings{kind="queue-without-consumer"} 1"#))
            #expect(metrics.contains(#"stepstream_topology_findings{kind="handler-missing"} 0"#))
        }
    }
}
