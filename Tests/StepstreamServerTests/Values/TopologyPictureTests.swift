import Stepstream
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("The drawn topology")
struct TopologyPictureTests {
    private static func registration(_ endpoint: String = "shop") throws -> Registration {
        var process = Registration(role: "dev", host: "host", pid: 1, since: 0)
        process.accept(
            try DefinitionCatalog([Definition(type: "mail", steps: [Step(name: "send", queue: "mails", handler: .swift("send"))])])
        )
        process.consume(["mails"], as: "host:0", having: try DefinitionCatalog([]))
        process.endpoints = [.init(name: "shop", origin: endpoint, events: [.succeeded])]
        return process
    }

    @Test("has a titled box for every node and a titled arrow for every edge, with what waits and what is held")
    func drawn() throws {
        let process = try Self.registration()
        let queue = ObservedTopology.Queue(name: "mails", length: 5, pending: 2, consumers: [.init(name: "host:0", pending: 2)])
        let graph = TopologyGraph(Topology(ObservedTopology(registrations: [process], queues: [queue])))
        let svg = TopologyPicture(graph).svg
        #expect(svg.matches(of: /<g class="node/).count == graph.nodes.count)
        #expect(svg.matches(of: /<g class="edge/).count == graph.edges.count)
        #expect(svg.matches(of: /<title/).count == graph.nodes.count + graph.edges.count + 1)
        #expect(svg.contains(#"class="edge busy""#))
        #expect(svg.contains(">3</text>"))
        #expect(svg.contains(">held 2</text>"))
        // Nobody has the handler.
        #expect(svg.contains(#"class="node step attention""#))
    }

    @Test("keeps text text, whatever a process says of itself")
    func escaped() throws {
        let graph = TopologyGraph(Topology(ObservedTopology(registrations: [try Self.registration(#"<script>alert("1")</script>&"#)])))
        let svg = TopologyPicture(graph).svg
        #expect(!svg.contains("<script"))
        #expect(svg.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;"))
    }

    @Test("says so when there is nothing")
    func empty() {
        #expect(TopologyPicture(TopologyGraph(Topology())).svg.contains("No process is registered."))
    }
}
