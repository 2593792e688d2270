import Foundation
import Logging
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("The description of the API")
struct OpenAPIDocumentTests {
    private static var root: URL { URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized }

    @Test("docs/openapi.json is the very document that is built in")
    func copy() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/openapi.json"), encoding: .utf8)
        #expect(page == OpenAPIDocument.bare.text)
    }

    @Test("Every route is described, and nothing that is no route")
    func complete() async throws {
        let document = try JSONNode.parse(OpenAPIDocument.bare.text, maximumDepth: 64)
        var described: Set<String> = []
        for path in document.member("paths")?.members ?? [] {
            for method in path.value.members { described.insert("\(method.key.uppercased()) \(path.key)") }
        }
        try await TestServer.withStore { store in
            let server = APIServer(
                configuration: ServerConfiguration(),
                store: store,
                catalog: DefinitionCatalog(),
                handlers: HandlerRegistry(),
                logger: .quiet
            )
            let routes = server.routes.map { ($0.name.replacing("/v1/resources/**", with: "/v1/resources/{key}"), $0.isPage) }
            #expect(described.subtracting(routes.map(\.0)) == [])
            // Pages may stay undescribed.
            #expect(Set(routes.filter { !$0.1 }.map(\.0)).subtracting(described) == [])
        }
    }

    @Test("Every operation has an ID of its own, an example for each success, and problems for what can go wrong")
    func operations() throws {
        let document = try JSONNode.parse(OpenAPIDocument.bare.text, maximumDepth: 64)
        let operations = document.member("paths")?.members.flatMap { $0.value.members.map(\.value) } ?? []
        let ids = operations.compactMap { $0.member("operationId")?.string }
        #expect(ids.count == operations.count)
        #expect(Set(ids).count == ids.count)
        for operation in operations {
            let statuses = Set(operation.member("responses")?.members.map(\.key) ?? [])
            #expect(
                statuses.isSuperset(of: ["400", "405", "406", "408", "431", "500"]),
                "\(operation.member("operationId")?.string ?? "")"
            )
            let successes = operation.member("responses")?.members.filter { $0.key.hasPrefix("2") } ?? []
            for content in successes.flatMap({ $0.value.member("content")?.members ?? [] }) {
                #expect(content.value.member("example") != nil, "\(operation.member("operationId")?.string ?? ""): \(content.key)")
            }
            for link in successes.flatMap({ $0.value.member("links")?.members ?? [] }) where link.value.member("$ref") == nil {
                #expect(ids.contains(link.value.member("operationId")?.string ?? ""), "\(link.key)")
            }
        }
        // Links lead to operations.
        for link in document.member("components")?.member("links")?.members ?? [] {
            #expect(ids.contains(link.value.member("operationId")?.string ?? ""), "\(link.key)")
        }
    }

    @Test("The input schemas of the definitions are put in, with their references")
    func inputs() throws {
        let schema = JSONText(
            trusted:
                ##"{"type":"object","properties":{"a":{"$ref":"#/$defs/x"},"b":{"const":{"$ref":"#/$defs/x"}}},"$defs":{"x":{"type":"string"}}}"##
        )
        let definition = Definition(type: "mail", inputSchema: schema, steps: [Step(name: "send", handler: .swift("send"))])
        let bare = Definition(type: "any", steps: [Step(name: "send", handler: .swift("send"))])
        let text = OpenAPIDocument(try DefinitionCatalog([definition, bare])).json.text
        let schemas = try #require(try JSONNode.parse(text, maximumDepth: 64).member("components")?.member("schemas"))
        #expect(schemas.member("Submission")?.member("anyOf")?.count == 2)
        let input = try #require(schemas.member("input.mail")?.json.text)
        #expect(input.contains(##""a":{"$ref":"#/components/schemas/input.mail/$defs/x"}"##))
        // A value that looks like a reference is none.
        #expect(input.contains(##""const":{"$ref":"#/$defs/x"}"##))
        let mail = try #require(schemas.member("submission.mail"))
        #expect(mail.member("required")?.elements.compactMap(\.string) == ["type", "input"])
        #expect(mail.member("properties")?.member("type")?.member("const")?.string == "mail")
        #expect(schemas.member("input.any") == nil)
    }
}
