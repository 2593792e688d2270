import FoundationEssentials
import Stepstream
import StepstreamYAML
import Testing

@Suite("docs/definitions.md")
struct DefinitionDocumentTests {
    private let text: String

    init() throws {
        let root = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        text = String(decoding: try Data(contentsOf: root.appending(path: "docs/definitions.md")), as: UTF8.self)
    }

    private func blocks(_ language: String) -> [String] {
        text.components(separatedBy: "```\(language)\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] + "\n" }
    }

    @Test("every YAML example loads")
    func examples() {
        let examples = blocks("yaml")
        #expect(examples.count >= 3)
        let (catalog, faults) = DefinitionCatalog.load(files: examples.enumerated().map { ("example \($0.offset + 1)", $0.element) }) { _ in
            nil
        }
        #expect(faults.map(\.description) == [])
        #expect(catalog.types.count >= examples.count)
    }

    @Test("the faults shown are the faults found")
    func faults() throws {
        let file = try #require(blocks("text").first)
        let shown = try #require(blocks("text").dropFirst().first)
        let found = DefinitionFile.load(name: "order.yaml", text: file) { _ in nil }.faults
        #expect(found.map(\.description).joined(separator: "\n") + "\n" == shown)
    }

    @Test("the defaults stated are the defaults")
    func defaults() {
        let step = Step(name: "s", handler: .swift("h"))
        #expect(step.queue == "default" && step.mode == .async && step.timeout == 30_000 && step.undo == .none)
        #expect(text.contains("| `timeout` | `30s` |"))
        #expect(step.retry == RetryPolicy(attempts: 5, firstDelay: 1000, factor: 2, maxDelay: 60_000, jitter: .full))
        #expect(text.contains("`attempts: 5`, `firstDelay: 1s`, `factor: 2`, `maxDelay: 1m`, `jitter: full`"))
    }

    @Test("every keyword listed compiles, and every other of the standard is refused")
    func keywords() throws {
        let listed = [
            "patternProperties", "if", "then", "else", "contains", "prefixItems", "dependentRequired", "propertyNames",
            "unevaluatedProperties", "$id", "$anchor", "$dynamicRef",
        ]
        for keyword in listed {
            #expect(throws: JSONSchema.Faults.self) { try JSONSchema(JSONText(trusted: "{\"\(keyword)\":{}}")) }
        }
        let faults = try #require(throws: JSONSchema.Faults.self) { try JSONSchema(JSONText(trusted: "{\"zzzzzzzz\":1}")) }.faults
        let known = try #require(faults.first?.allowed.components(separatedBy: "known are ").last).components(separatedBy: ", ")
        for keyword in known { #expect(text.contains("`\(keyword)`"), "\(keyword) is not documented") }
    }
}
