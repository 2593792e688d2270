import HTTPTypes
import HummingbirdCore
@testable import StepstreamAPI
import Testing

@Suite("Which route a path leads to")
struct RouteTableTests {
    private let paths = [
        "/v1/operations", "/v1/operations/{id}", "/v1/operations/{id}:cancel", "/v1/operations:batch",
        "/v1/operations/{id}/deliveries/{n}:replay", "/v1/resources/**", "/dashboard/{topic}", "/dashboard/style.css",
    ]

    private func found(at path: String) -> (path: String, parameters: PathParameters)? {
        let entries = paths.map { path in
            var entry = RouteTable.Entry(path)
            entry.routes[.get] = Route(.get, at: path, produces: .json) { _, _ in .init(status: .ok) }
            return (path: path, entry: entry)
        }
        return RouteTable(entries).entry(at: path).flatMap { found in
            found.entry.routes[.get].map { ($0.path[0], found.parameters) }
        }
    }

    @Test(
        "The path that leaves the least open is meant, and slashes count only between components",
        arguments: [
            ("/v1/operations", "/v1/operations"), ("/v1/operations/", "/v1/operations"), ("//v1//operations/a", "/v1/operations/{id}"),
            ("/v1/operations/a:cancel", "/v1/operations/{id}:cancel"), ("/v1/operations:batch", "/v1/operations:batch"),
            ("/v1/resources/a/b:c", "/v1/resources/**"), ("/dashboard/style.css", "/dashboard/style.css"),
            ("/dashboard/lists", "/dashboard/{topic}"), ("/v1/operations/a:unknown", nil), ("/v1", nil), ("/", nil), ("", nil),
        ] as [(String, String?)]
    )
    func precedence(path: String, route: String?) {
        #expect(found(at: path)?.path == route)
    }

    @Test("What a path leaves open is captured as it was written, without the literal behind it")
    func captures() throws {
        let parameters = try #require(found(at: "/v1/operations/a%20b/deliveries/7:replay")).parameters
        #expect(parameters.get("id") == "a%20b" && parameters.get("n") == "7" && parameters.get("m") == nil)
    }
}
