import HummingbirdCore
import HTTPTypes
import Stepstream
@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer
import Testing

@Suite("What clients accept, and what they know already")
struct NegotiationTests {
    @Test(
        "Accept decides by the most specific range",
        arguments: [
            ([], true), (["*/*"], true), (["application/*"], true), (["application/json"], true),
            (["text/html, application/json;q=0.1"], true),
            (["Application/JSON ; q=1"], true), (["text/html"], false), (["application/json;q=0, */*"], false),
            (["text/*", "image/png"], false),
            (["*/*;q=0"], false), (["application/xml", "application/*;q=0.2"], true),
        ] as [([String], Bool)]
    )
    func accept(values: [String], permits: Bool) {
        #expect(Accept(values).permits("application/json") == permits)
    }

    @Test(
        "If-None-Match is a list, compared weakly",
        arguments: [
            ("\"4\"", true), ("W/\"4\"", true), ("*", true), (" * ", true), ("\"3\", \"4\"", true), ("\"3\",W/\"4\"", true), ("4", false),
            ("\"44\"", false), ("", false), ("\"3\"", false),
        ]
    )
    func tags(field: String, matches: Bool) throws {
        let version = try #require(DefinitionVersion("0123456789abcdef"))
        var operation = Operation(id: OperationID.fresh(), type: "t", definition: version, input: .null)
        operation.version = 4
        #expect(EntityTag(of: operation).text == "\"4\"")
        #expect(EntityTag(of: operation).isNamed(by: field) == matches)
    }

    @Test("The table of routes knows the methods of a path")
    func methods() {
        var endpoints = Endpoints()
        endpoints.on(.get, at: "/v1/operations/{id}") { _, _ in .init(status: .ok) }
        endpoints.on(.delete, at: "/v1/operations/{id}") { _, _ in .init(status: .ok) }
        endpoints.on(.post, at: "/v1/operations/{id}:cancel") { _, _ in .init(status: .ok) }
        endpoints.on(.post, at: "/v1/operations:batch", produces: .lines) { _, _ in .init(status: .ok) }
        let entry = { (path: String) in endpoints.table.entry(at: path)?.entry }
        #expect(entry("/v1/operations/a")?.methods == ["DELETE", "GET", "HEAD", "OPTIONS"])
        #expect(entry("/v1/operations/a:cancel")?.methods == ["OPTIONS", "POST"])
        #expect(entry("/v1/operations/a:retry")?.methods == nil)
        #expect(entry("/v1/operations:batch")?.methods == ["OPTIONS", "POST"])
        #expect(entry("/v1")?.methods == nil)
        #expect(entry("/v1/operations:batch")?.routes[.post]?.produces == .lines)
    }
}
