import Rigging
import Stepstream
import StepstreamYAML
import Testing

@Suite("Definition catalog")
struct DefinitionCatalogTests {
    private func text(_ type: String, _ more: String = "") -> String {
        "type: \(type)\nsteps: [{ name: s, handler: { swift: h } }]\n\(more)"
    }

    @Test("reports every fault of every file, and keeps what has none")
    func load() {
        let files = [
            ("a.yaml", text("a")), ("b.yaml", text("B", "x: 1\n")), ("c.yaml", "type: [\n"), ("d.yaml", text("d")),
            ("e.yaml", "\n\n" + text("a")),
        ]
        let (catalog, faults) = DefinitionCatalog.load(files: files) { _ in nil }
        #expect(catalog.types == ["a", "d"])
        #expect(
            faults.map { "\($0.source):\($0.line ?? 0):\($0.column ?? 0)" } == ["b.yaml:1:7", "b.yaml:3:1", "c.yaml:2:1", "e.yaml:3:1"]
        )
        #expect(faults.last?.words == "the type a is already defined in a.yaml:1")
    }

    @Test("two documents of one file cannot have one type either")
    func repeatedInOneFile() {
        let (_, faults) = DefinitionCatalog.load(files: [("a.yaml", text("a", "---\n") + text("a"))]) { _ in nil }
        #expect(faults.map(\.description) == ["a.yaml:4:1: the type a is already defined in a.yaml:1; each type has one definition"])
    }

    @Test("knows version, text and schema of each type")
    func entry() throws {
        let (catalog, faults) = DefinitionCatalog.load(files: [
            ("a.yaml", text("a", "inputSchema: { minimum: 5 }\n")), ("b.yaml", text("b")),
        ]) { _ in nil }
        #expect(faults == [])
        let entry = try #require(catalog["a"])
        #expect(entry.version == entry.definition.version)
        #expect(entry.canonicalJSON == entry.definition.canonicalJSON)
        #expect(entry.schema?.validate(try JSONNode.parse("4")).map(\.detail) == ["is less than 5"])
        #expect(catalog["b"]?.schema == nil)
        #expect(catalog["c"] == nil)
        #expect(catalog.definitions.map(\.type) == ["a", "b"])
    }

    @Test("a file and code that say the same have the same version")
    func sameVersion() throws {
        let (loaded, _) = DefinitionCatalog.load(files: [("a.yaml", text("a"))]) { _ in nil }
        let made = try DefinitionCatalog([Definition(type: "a", steps: [Step(name: "s", handler: .swift("h"))])])
        #expect(loaded["a"]?.version == made["a"]?.version)
        #expect(try loaded.merging(made).types == ["a"])
    }

    @Test("definitions made in code keep the rules of files")
    func code() throws {
        let faulty = Definition(
            type: "a",
            inputSchema: JSONText(trusted: "{\"type\":\"int\"}"),
            steps: [
                Step(name: "s", handler: .http(.init(url: "nowhere")), timeout: 1, retry: RetryPolicy(attempts: 0, factor: .nan)),
                Step(name: "s", mode: .sync, handler: .exec(command: [])),
            ]
        )
        let other = Definition(type: "b", inputSchema: JSONText(trusted: "{"), steps: [])
        let faults = try #require(throws: DefinitionFaults.self) { try DefinitionCatalog([faulty, other]) }.faults
        #expect(
            faults.map { "\($0.source) \($0.pointer)" } == [
                "\"a\" /inputSchema/type", "\"a\" /steps/0/handler/http/url", "\"a\" /steps/0/timeout", "\"a\" /steps/0/retry/attempts",
                "\"a\" /steps/0/retry/factor",
                "\"a\" /steps/1/handler/exec/command", "\"a\" /steps/1/name", "\"a\" /steps/1/mode", "\"b\" /inputSchema", "\"b\" /steps",
            ]
        )
        #expect(
            faults.first?.description
                == "\"a\" /inputSchema/type: inputSchema: type is \"int\"; it is one or a list of null, boolean, integer, number, string, array, object"
        )
    }

    @Test("one type twice is a fault, in code and when merging")
    func repeated() throws {
        let first = Definition(type: "a", steps: [Step(name: "s", handler: .swift("h"))])
        var second = first
        second.description = "another"
        let faults = try #require(throws: DefinitionFaults.self) { try DefinitionCatalog([first, first]) }
        #expect(faults.description == "\"a\" /type: the type a is already defined in this catalog; each type has one definition")
        let (left, right) = (try DefinitionCatalog([first]), try DefinitionCatalog([second]))
        #expect(throws: DefinitionFaults.self) { try left.merging(right) }
        #expect(try DefinitionCatalog().merging(left).types == ["a"])
    }

    @Test("takes every definition that keeps the rules", arguments: UInt64(1)...30)
    func random(seed: UInt64) throws {
        var draw = SeededDraw(seed: seed)
        let definition = Definition.random(&draw)
        #expect(try DefinitionCatalog([definition])[definition.type]?.definition == definition)
    }
}
