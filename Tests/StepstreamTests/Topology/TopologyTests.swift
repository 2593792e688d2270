import Stepstream
import Testing

@Suite("Topology")
struct TopologyTests {
    private static let order = Definition(
        type: "order",
        steps: [
            Step(name: "reserve", mode: .sync, handler: .http(.init(url: "http://stock"))),
            Step(
                name: "charge",
                queue: "payments",
                handler: .swift("charge"),
                undo: .handler(.init(handler: .exec(command: ["u"]), queue: "undo"))
            ),
        ]
    )

    private static func api(_ definitions: [Definition] = [order], pid: Int = 1) throws -> Registration {
        var process = Registration(role: "serve", host: "web", pid: pid, since: 1000)
        process.accept(try DefinitionCatalog(definitions))
        return process
    }

    private static func worker(_ queues: [Name], handlers: [String] = ["http", "exec", "swift:charge"], pid: Int = 2) -> Registration {
        var process = Registration(role: "work", host: "web", pid: pid, since: 1000)
        process.consume(queues, as: "web:0", having: DefinitionCatalog())
        process.handlers = Set(handlers.compactMap(HandlerName.init))
        return process
    }

    private static func findings(_ processes: [Registration], queues: [ObservedTopology.Queue] = []) -> [String] {
        Topology(ObservedTopology(registrations: processes, queues: queues)).findings.map { "\($0.kind.rawValue) \($0.subject)" }
    }

    @Test("An installation in which everything fits has no findings")
    func fits() throws {
        #expect(Self.findings([try Self.api(), Self.worker(["default", "payments", "undo"])]) == [])
        #expect(Self.findings([]) == [])
    }

    @Test("Queues without consumers, consumers without publishers")
    func queues() throws {
        let found = Self.findings(
            [try Self.api(), Self.worker(["default", "payments", "letters"])],
            queues: [.init(name: "old", length: 3), .init(name: "empty", length: 0)]
        )
        #expect(found == ["queue-without-consumer old", "queue-without-consumer undo", "consumer-without-publisher letters"])
        // One that reads without being registered works on it all the same, as long as it reads.
        let reading = ObservedTopology.Queue(name: "old", length: 3, consumers: [.init(name: "x", pending: 0, idle: 4000)])
        #expect(Self.findings([], queues: [reading]) == [])
        let gone = ObservedTopology.Queue(name: "old", length: 3, consumers: [.init(name: "x", pending: 3, idle: 40_000)])
        #expect(Self.findings([], queues: [gone]) == ["queue-without-consumer old"])
        // Every worker reads the default queue unless it is told otherwise.
        let mail = Definition(type: "mail", steps: [Step(name: "send", queue: "mail", handler: .swift("charge"))])
        #expect(Self.findings([try Self.api([mail]), Self.worker(["default", "mail"])]) == [])
    }

    @Test("Two versions at once, of a definition and of the software")
    func versions() throws {
        var changed = Self.order
        changed.deadline = 5000
        var other = try Self.api([changed], pid: 3)
        let worker = Self.worker(["default", "payments", "undo"])
        #expect(Self.findings([try Self.api(), other, worker]) == ["definition-versions order"])
        other = try Self.api(pid: 3)
        other.software = "9.9.9"
        #expect(Self.findings([try Self.api(), other, worker]) == ["software-versions stepstream"])
    }

    @Test("A handler that no worker of the queue has, be it of a step, a probe or an undo")
    func handlers() throws {
        let api = try Self.api()
        let some = Self.worker(["default", "payments", "undo"], handlers: ["http", "exec"])
        #expect(Self.findings([api, some]) == ["handler-missing order/charge"])
        // One that has it, but works on another queue, does not help; one on the queue does.
        let elsewhere = Self.worker(["default"], pid: 4)
        #expect(Self.findings([api, some, elsewhere]) == ["handler-missing order/charge"])
        #expect(Self.findings([api, some, Self.worker(["payments"], pid: 4)]) == [])
        #expect(
            Self.findings([api, Self.worker(["default", "payments", "undo"], handlers: ["http", "swift:charge"])]) == [
                "handler-missing order/charge"
            ]
        )
    }

    @Test("A type that was accepted and that no process has")
    func unknown() throws {
        let version = try #require(DefinitionVersion("0123456789abcdef"))
        let observed = ObservedTopology(
            registrations: [try Self.api(), Self.worker(["default", "payments", "undo"])],
            accepted: [.init(type: "order", version: version), .init(type: "gone", version: version)]
        )
        #expect(Topology(observed).findings.map(\.subject) == ["gone"])
    }

    @Test("A registration reads back from its JSON as it was, and names no secret")
    func json() throws {
        var process = try Self.api()
        process.consume(["default", "payments"], as: "web:0", having: try DefinitionCatalog([Self.order]))
        process.handlers = [HandlerName(.swift("charge")), HandlerName(.exec(command: ["x"]))]
        let url = try WebhookURL("https://example.com/hooks/secret?token=secret")
        process.endpoints = [.init(WebhookEndpoint(name: "shop", url: url, secrets: []))]
        #expect(Registration(json: try JSONNode.parse(process.json.text)) == process)
        #expect(!process.json.text.contains("secret"))
        #expect(process.json.text.contains(#""origin":"https://example.com:443""#))
        #expect(Registration(json: try JSONNode.parse("{}")) == nil)
    }

    @Test("The graph leads from who accepts to who works, with what waits and what is held on its arrows")
    func graph() throws {
        let queues = [
            ObservedTopology.Queue(name: "payments", length: 5, pending: 2, consumers: [.init(name: "web:0", pending: 2)]),
            ObservedTopology.Queue(name: "default", length: 0),
        ]
        let processes = [try Self.api(), try Self.api(pid: 7), Self.worker(["default", "payments"])]
        let graph = TopologyGraph(Topology(ObservedTopology(registrations: processes, queues: queues)))
        #expect(graph.nodes.filter { $0.kind == .publisher }.map(\.label) == ["serve ×2"])
        let arrows = graph.edges.map { "\($0.from) \($0.to) \($0.count.map(String.init) ?? "-")" }
        #expect(
            arrows == [
                "type:order step:order/reserve -", "step:order/reserve queue:default 0", "type:order step:order/charge -",
                "step:order/charge queue:payments 3", "step:order/charge queue:undo 0", "publisher:serve-web-1 type:order -",
                "queue:default worker:work-web-2 0", "queue:payments worker:work-web-2 2",
            ]
        )
        #expect(graph.nodes.filter(\.needsAttention).map(\.id) == ["queue:undo"])
        // Every arrow begins and ends somewhere.
        let ids = Set(graph.nodes.map(\.id))
        for edge in graph.edges { #expect(ids.contains(edge.from) && ids.contains(edge.to)) }
    }
}
