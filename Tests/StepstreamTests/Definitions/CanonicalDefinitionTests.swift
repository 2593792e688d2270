import Rigging
import Stepstream
import Testing

@Suite("Canonical JSON of definitions")
struct CanonicalDefinitionTests {
    private let definition = Definition(
        type: "place-order",
        description: "An order.",
        inputSchema: JSONText(trusted: "{ \"type\" : \"object\" }"),
        steps: [
            Step(
                name: "reserve",
                mode: .sync,
                handler: .http(.init(url: "http://127.0.0.1/reserve", headers: ["X-B": "2", "X-A": "1"])),
                undo: .handler(.init(handler: .exec(command: ["/bin/true", "-x"]), queue: "undo"))
            ),
            Step(name: "notify", handler: .swift("notify"), retry: RetryPolicy(factor: 1.5, jitter: .none), undo: .pivot),
        ]
    )

    @Test("writes every default, in a fixed order")
    func text() {
        let expected = """
            {"type":"place-order","description":"An order.","inputSchema":{"type":"object"},"steps":[\
            {"name":"reserve","mode":"sync","queue":"default","handler":{"http":{"method":"POST","url":"http://127.0.0.1/reserve",\
            "headers":{"X-A":"1","X-B":"2"}}},"timeout":30000,\
            "retry":{"attempts":5,"firstDelay":1000,"factor":2,"maxDelay":60000,"jitter":"full"},"onUnknown":"retry",\
            "undo":{"handler":{"exec":{"command":["/bin/true","-x"]}},"queue":"undo","timeout":30000,\
            "retry":{"attempts":10,"firstDelay":1000,"factor":2,"maxDelay":60000,"jitter":"full"}}},\
            {"name":"notify","mode":"async","queue":"default","handler":{"swift":"notify"},"timeout":30000,\
            "retry":{"attempts":5,"firstDelay":1000,"factor":1.5,"maxDelay":60000,"jitter":"none"},"onUnknown":"retry","undo":"pivot"}]}
            """
        #expect(definition.canonicalJSON.text == expected)
    }

    @Test("the version is the beginning of the SHA-256 of that text")
    func version() {
        let small = Definition(type: "t", steps: [Step(name: "s", handler: .swift("h"))])
        #expect(
            small.canonicalJSON.text
                == "{\"type\":\"t\",\"steps\":[{\"name\":\"s\",\"mode\":\"async\",\"queue\":\"default\",\"handler\":{\"swift\":\"h\"},\"timeout\":30000,\"retry\":{\"attempts\":5,\"firstDelay\":1000,\"factor\":2,\"maxDelay\":60000,\"jitter\":\"full\"},\"onUnknown\":\"retry\",\"undo\":\"none\"}]}"
        )
        #expect(small.version.text == "414694493644ea83")
    }

    @Test("a probe and a total time stand where the format has them")
    func probe() {
        let step = Step(name: "s", handler: .swift("h"), onUnknown: .probe(.init(handler: .swift("ask"), timeout: 50)))
        let text = Definition(type: "t", deadline: 60_000, steps: [step]).canonicalJSON.text
        #expect(text.hasPrefix("{\"type\":\"t\",\"deadline\":60000,\"steps\":["))
        #expect(text.contains("\"onUnknown\":\"probe\",\"probe\":{\"handler\":{\"swift\":\"ask\"},\"timeout\":50},\"undo\":\"none\""))
    }

    @Test("comes back as it was, and so does its version", arguments: UInt64(1)...50)
    func roundTrip(seed: UInt64) throws {
        var draw = SeededDraw(seed: seed)
        for _ in 0..<10 {
            let definition = Definition.random(&draw)
            let read = try Definition(canonicalJSON: definition.canonicalJSON)
            #expect(read == definition)
            #expect(read.canonicalJSON == definition.canonicalJSON)
            #expect(read.version == definition.version)
        }
    }

    @Test("the version changes if and only if the contents do", arguments: UInt64(1)...20)
    func versionsDiffer(seed: UInt64) {
        var draw = SeededDraw(seed: seed &* 7919)
        let definition = Definition.random(&draw)
        var changed: [Definition] = []
        let change = { (body: (inout Definition) -> Void) in
            var copy = definition
            body(&copy)
            changed.append(copy)
        }
        change { $0.type = "another" }
        change { $0.description = ($0.description ?? "") + "." }
        change { $0.inputSchema = JSONText(trusted: "{\"minimum\":7}") }
        change { $0.steps.append(Step(name: "further", handler: .swift("x"))) }
        change { $0.steps[0].name = "renamed" }
        change { $0.steps[0].mode = $0.steps[0].mode == .sync ? .async : .sync }
        change { $0.steps[0].queue = "elsewhere" }
        change { $0.steps[0].handler = .swift("other") }
        change { $0.steps[0].handler = .exec(command: ["other"]) }
        change { $0.steps[0].timeout = Milliseconds($0.steps[0].timeout.count + 1) }
        change { $0.steps[0].retry.attempts += 1 }
        change { $0.steps[0].retry.firstDelay.count += 1 }
        change { $0.steps[0].retry.factor += 0.25 }
        change { $0.steps[0].retry.maxDelay.count += 1 }
        change { $0.steps[0].retry.jitter = $0.steps[0].retry.jitter == .full ? .none : .full }
        change { $0.deadline = ($0.deadline ?? 10).count == 77 ? 78 : 77 }
        change { $0.steps[0].onUnknown = $0.steps[0].onUnknown == .hold ? .retry : .hold }
        change { $0.steps[0].onUnknown = .probe(.init(handler: .swift("unique"))) }
        change { $0.steps[0].onUnknown = .probe(.init(handler: .swift("unique"), timeout: 77)) }
        change { $0.steps[0].undo = $0.steps[0].undo == .pivot ? .none : .pivot }
        change { $0.steps[0].undo = .handler(.init(handler: .swift("unique"))) }
        change { $0.steps[0].undo = .handler(.init(handler: .swift("unique"), queue: "own")) }
        let versions = Set(changed.map(\.version) + [definition.version])
        #expect(versions.count == changed.count + 1)
    }

    @Test("white space in the schema is not contents, member order is")
    func schemaText() {
        var spaced = definition
        spaced.inputSchema = JSONText(trusted: "\n{\"type\":\n\"\\u006fbject\"}")
        #expect(spaced.version == definition.version)
    }

    @Test(
        "refuses what it did not write",
        arguments: [
            ("[]", "a definition is a list"), ("{", "not JSON: a member begins with its name in double quotes"),
            ("{\"type\":\"t\",\"steps\":[],\"later\":1}", "a definition has an unknown key \"later\""),
            ("{\"type\":\"t\",\"steps\":[{\"name\":\"s\",\"handler\":{\"swift\":\"h\"},\"timeout\":\"5s\"}]}", "timeout is text"),
        ]
    )
    func refuses(text: String, words: String) throws {
        let faults = try #require(throws: DefinitionFaults.self) { try Definition(canonicalJSON: JSONText(trusted: text)) }.faults
        #expect(faults.contains { $0.words == words })
    }
}
