import StepstreamServer
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Stepstream
import StepstreamTesting
import Testing

@Suite("What is refused, and how", .timeLimit(.minutes(2)))
struct ProblemTests {
    @Test(
        "Bodies that are not JSON as it is taken are 400 with the place",
        arguments: ["{", "{\"a\":1,\"a\":2}", "nope", "", "{\"type\":\"\u{1}\"}", "1 2"]
    )
    func malformed(body: String) async throws {
        try await TestServer.with { server in
            let answer = try await server.post("/v1/operations", body)
            #expect(answer.status == 400)
            #expect(try answer.problem() == "malformed")
            #expect(try answer.json()["detail"]?.contains("line 1") == true)
            #expect(try answer.json()["request"] != nil)
        }
    }

    @Test("Nesting is taken to 32 and no further")
    func depth() async throws {
        try await TestServer.with { server in
            func nested(_ depth: Int) -> String {
                // The submission itself is one level.
                String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
            }
            try await #expect(server.submit("mail", input: nested(32)).status == 202)
            try await #expect(server.submit("mail", input: nested(33)).status == 400)
        }
    }

    @Test("A body that is too large is 413, told by its length or found out on the way")
    func tooLarge() async throws {
        try await TestServer.with(configure: { $0.bodyLimit = 1000 }) { server in
            let body = #"{"type":"mail","input":"\#(String(repeating: "x", count: 2000))"}"#
            let counted = try await server.post("/v1/operations", body)
            #expect(counted.status == 413)
            #expect(try counted.problem() == "too-large")
            let buffer = ByteBuffer(string: body)
            let chunked = try await server.send(
                .POST,
                "/v1/operations",
                headers: ["Content-Type": "application/json"],
                body: .stream([buffer].async, length: .unknown)
            )
            #expect(chunked.status == 413)
            #expect(try chunked.problem() == "too-large")
            #expect(try await server.submit("mail").status == 202)
        }
    }

    @Test(
        "Other content types, encodings and character sets are 415",
        arguments: [
            ["Content-Type": "text/plain"], ["Content-Type": "application/x-www-form-urlencoded"], ["Content-Type": "application/jsonx"],
            ["Content-Type": "application/json; charset=latin1"], ["Content-Type": "application/json", "Content-Encoding": "gzip"],
        ]
    )
    func contentTypes(headers: [String: String]) async throws {
        try await TestServer.with { server in
            let answer = try await server.post("/v1/operations", #"{"type":"mail"}"#, headers)
            #expect(answer.status == 415)
            #expect(try answer.problem() == "unsupported-media-type")
        }
    }

    @Test("JSON by other names is taken", arguments: ["application/json; charset=UTF-8", "application/vnd.x+json", "APPLICATION/JSON"])
    func otherNames(type: String) async throws {
        try await TestServer.with { server in
            try await #expect(server.post("/v1/operations", #"{"type":"mail"}"#, ["Content-Type": type]).status == 202)
        }
    }

    @Test("Who accepts no JSON is told 406, and nothing is done")
    func notAcceptable() async throws {
        try await TestServer.with { server in
            let answer = try await server.submit("mail", ["Accept": "text/html", "Operation-Id": "o"])
            #expect(answer.status == 406)
            #expect(try answer.problem() == "not-acceptable")
            #expect(try await server.get("/v1/operations/o").status == 404)
            #expect(try await server.get("/v1/operations", ["Accept": "text/html, */*;q=0.1"]).status == 200)
            #expect(try await server.get("/problems/malformed", ["Accept": "application/json"]).status == 406)
        }
    }

    @Test("Unknown paths and actions are 404, unknown methods 405 with Allow")
    func routing() async throws {
        try await TestServer.with { server in
            for path in ["/v1", "/v2/operations", "/v1/operations/a/b", "/v1/operations/a:redo", "/v1/definitions/none"] {
                let answer = try await server.get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(try answer.problem() == "not-found")
            }
            for action in ["retry", "undo", "skip", "redo", "", "cancel:cancel"] {
                #expect(try await server.send(.POST, "/v1/operations/a:\(action)").status == 404)
            }
            let cases: [(HTTPMethod, String, String)] = [
                (.PUT, "/v1/operations", "GET, HEAD, OPTIONS, POST"), (.POST, "/v1/operations/a", "DELETE, GET, HEAD, OPTIONS"),
                (.GET, "/v1/operations:batch", "OPTIONS, POST"), (.GET, "/v1/operations/a:cancel", "OPTIONS, POST"),
                (.GET, "/v1/operations/a:skip", "OPTIONS, POST"),
                (.GET, "/v1/ids", "OPTIONS, POST"), (.DELETE, "/healthz", "GET, HEAD, OPTIONS"),
                (.RAW(value: "PROPFIND"), "/v1/operations", "GET, HEAD, OPTIONS, POST"),
            ]
            for (method, path, allow) in cases {
                let answer = try await server.send(method, path)
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(answer.headers["allow"] == allow)
                #expect(try answer.problem() == "method-not-allowed")
            }
        }
    }

    @Test("OPTIONS tells the methods")
    func options() async throws {
        try await TestServer.with { server in
            let answer = try await server.send(.OPTIONS, "/v1/operations/a")
            #expect(answer.status == 204)
            #expect(answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS")
            #expect(try await server.send(.OPTIONS, "/nowhere").status == 404)
        }
    }

    @Test("URLs begin with the configured address, or with a Host that can be one")
    func addresses() async throws {
        try await TestServer.with(configure: { $0.publicURL = "https://api.example/base/" }) { server in
            try await #expect(server.submit("mail").headers["location"]?.hasPrefix("https://api.example/base/v1/operations/") == true)
        }
        try await TestServer.with { server in
            let request = "GET /nowhere HTTP/1.1\r\nHost: evil\"><script>\r\nConnection: close\r\n\r\n"
            let answer = try await RawConnection.exchange(server.port, [request])
            #expect(answer.contains("http://127.0.0.1:\(server.port)/problems/"))
            #expect(!answer.contains("script"))
        }
    }

    @Test("Every type of problem has a page", arguments: ["malformed", "key-reused", "step-timeout", "poison-step", "internal-error"])
    func pages(name: String) async throws {
        try await TestServer.with { server in
            let page = try await server.get("/problems/\(name)")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.body.contains("<code>\(name)</code>"))
            #expect(try await server.get("/problems/none").status == 404)
        }
    }
}

extension Array where Element: Sendable {
    /// The elements one after the other, so that nobody knows how many will come.
    fileprivate var async: AsyncStream<Element> {
        AsyncStream { continuation in
            for element in self { continuation.yield(element) }
            continuation.finish()
        }
    }
}
