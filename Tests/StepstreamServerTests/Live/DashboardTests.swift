import NIOHTTP1
import Stepstream
import StepstreamServer
import StepstreamTesting
import Testing

@Suite("Dashboard", .timeLimit(.minutes(2)))
struct DashboardTests {
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

    /// A server with a dashboard that acts, and an operation `o` whose step is held.
    private func withHeld(_ mode: DashboardMode = .on, _ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.with([.payment]) {
            $0.dashboard = mode
        } _: { server in
            _ = try await server.submit("payment", ["Operation-Id": "o"])
            try await server.work(on: .payment, .unknown(Problem(type: "/problems/handler-cut", title: "Cut")))
            try await body(server)
        }
    }

    /// What a browser has after it has opened a page: the cookie and the token.
    private func opened(_ server: TestServer) async throws -> (cookie: String, token: String) {
        let page = try await server.get("/dashboard/operations/o")
        let cookie = try #require(page.headers["set-cookie"]?.split(separator: ";").first.map(String.init))
        let token = try #require(page.body.firstMatch(of: /name="token" value="([0-9a-f]+)"/)?.1)
        return (cookie, String(token))
    }

    private func post(_ server: TestServer, _ path: String, _ form: String, _ headers: [String: String]) async throws -> Answer {
        try await server.post(path, form, headers.merging(["Content-Type": "application/x-www-form-urlencoded"]) { $1 })
    }

    @Test("A form is heeded only with its token, its cookie, and from a page of the dashboard")
    func forgery() async throws {
        try await withHeld { server in
            let (cookie, token) = try await opened(server)
            let path = "/dashboard/operations/o/skip"
            let ours = ["Cookie": cookie, "Origin": server.url, "Sec-Fetch-Site": "same-origin"]
            let refused: [(String, [String: String])] = [
                ("", ours),
                ("token=" + String(token.reversed()), ours),
                ("token=" + token, ours.merging(["Cookie": "stepstream=00000000000000000000000000000000"]) { $1 }),
                ("token=" + token, ours.filter { $0.key != "Cookie" }),
                ("token=" + token, ours.merging(["Origin": "https://evil.example"]) { $1 }),
                ("token=" + token, ours.merging(["Origin": "null"]) { $1 }),
                ("token=" + token, ours.merging(["Sec-Fetch-Site": "cross-site"]) { $1 }),
                ("token=" + token, ours.merging(["Sec-Fetch-Site": "same-site"]) { $1 }),
                ("token=" + token, ["Cookie": cookie]),
                ("token=" + token, ours.merging(["Host": "evil.example"]) { $1 }),
            ]
            for (form, headers) in refused {
                let answer = try await post(server, path, form, headers)
                #expect(answer.status == 403, "\(form) \(headers)")
                #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
                #expect(answer.headers["content-security-policy"] == Self.policy)
            }
            #expect(try await server.post(path, #"{"token":"x"}"#, ours).status == 415)
            #expect(try await server.stored("o").phase == .waiting)

            let done = try await post(server, path, "token=\(token)&by=ann&reason=a%26b+%C3%A9&result=%7B%22paid%22%3Atrue%7D", ours)
            // The client goes where it is led.
            #expect(done.status == 200)
            #expect(done.body.contains("<h1 class=\"id\">o</h1>"))
            let operation = try await server.stored("o")
            #expect(operation.result?.text == #"{"paid":true}"#)
            #expect(operation.events.first { $0.kind == .commanded }?.data.text.contains(#""by":"ann","reason":"a&b é""#) == true)
            let late = try await post(server, path, "token=" + token, ours)
            #expect(late.status == 409)
            #expect(late.body.contains("ended as Succeeded"))
        }
    }

    @Test("A dashboard that only shows has no buttons and heeds no form; one that is off is not there")
    func modes() async throws {
        try await withHeld(.readOnly) { server in
            let page = try await server.get("/dashboard/operations/o")
            #expect(page.status == 200)
            #expect(!page.body.contains("<button type=\"button\""))
            #expect(!page.body.contains("method=\"post\""))
            let headers = ["Cookie": "stepstream=00000000000000000000000000000000", "Origin": server.url]
            let answer = try await post(server, "/dashboard/operations/o/skip", "token=x", headers)
            #expect(answer.status == 403)
            #expect(answer.body.contains("read-only"))
        }
        try await withHeld(.off) { server in
            for path in ["/", "/dashboard", "/dashboard/operations/o", "/dashboard/live/overview", "/dashboard/style.css"] {
                let answer = try await server.get(path)
                #expect(answer.status == 404, "\(path)")
            }
        }
    }

    @Test("Pages have the policy and are not kept; files have a tag")
    func headers() async throws {
        try await withHeld { server in
            for path in [
                "/", "/dashboard", "/dashboard/operations", "/dashboard/operations/o", "/dashboard/operations/none", "/dashboard/attention",
                "/dashboard/queues", "/dashboard/queues/default", "/dashboard/webhooks",
            ] {
                let page = try await server.get(path)
                #expect(page.status == (path.hasSuffix("none") ? 404 : 200), "\(path)")
                #expect(page.headers["content-security-policy"] == Self.policy)
                #expect(page.headers["x-content-type-options"] == "nosniff")
                #expect(page.headers["cache-control"] == "no-store")
                #expect(!page.body.contains("<style") && !page.body.contains("style=") && !page.body.contains("<script>"))
            }
            let style = try await server.get("/dashboard/style.css")
            let tag = try #require(style.headers["etag"])
            #expect(try await server.get("/dashboard/style.css", ["If-None-Match": tag]).status == 304)
            let script = try await server.get("/dashboard/dashboard.js")
            #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
        }
    }

    @Test("It answers under addresses, localhost and configured names only")
    func hosts() async throws {
        try await TestServer.with([.payment]) {
            $0.origins = ["https://console.example:8443"]
        } _: { server in
            for host in ["127.0.0.1:1", "[::1]:8080", "localhost", "a.localhost:80", "console.example", "CONSOLE.example:8443"] {
                #expect(try await server.get("/", ["Host": host]).status == 200, "\(host)")
            }
            for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "console.example.evil"] {
                let answer = try await server.get("/", ["Host": host])
                #expect(answer.status == 403, "\(host)")
                #expect(try await server.get("/dashboard/live/numbers", ["Host": host]).status == 403)
            }
        }
    }

    @Test("On a listener of its own it is there, and nothing else is; the API has none then")
    func ownListener() async throws {
        try await TestServer.withStore { store in
            var configuration = ServerConfiguration()
            configuration.port = 0
            configuration.dashboardListener = ("127.0.0.1", 0)
            let server = APIServer(
                configuration: configuration,
                store: store,
                catalog: DefinitionCatalog(),
                handlers: HandlerRegistry(),
                logger: .quiet
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let api = TestServer(port: try #require(await server.listeningPort()), store: store, handlers: ActingHandlers())
                let pages = TestServer(port: try #require(await server.dashboardPort()), store: store, handlers: ActingHandlers())
                #expect(try await pages.get("/").status == 200)
                #expect(try await pages.get("/dashboard/operations").status == 200)
                #expect(try await pages.get("/v1/operations").status == 404)
                #expect(try await api.get("/").status == 404)
                #expect(try await api.get("/v1/operations").status == 200)
                group.cancelAll()
            }
        }
    }

    @Test("What changes is pushed, and read once for all who watch")
    func live() async throws {
        try await withHeld { server in
            var first = try await EventSource(server.url + "/dashboard/live/overview")
            var second = try await EventSource(server.url + "/dashboard/live/numbers")
            #expect(first.headers["content-type"] == "text/event-stream")
            let overview = try #require(try await first.next())
            #expect(overview.event == "regions")
            #expect(overview.data.contains("id=\"live\""))
            // What is told first may be up to a second old.
            while try await second.next()?.data != #"<span id="attention-count" class="badge">1</span>"# {}
            let (cookie, token) = try await opened(server)
            let ours = ["Cookie": cookie, "Origin": server.url]
            #expect(try await post(server, "/dashboard/operations/o/skip", "token=" + token, ours).status == 200)
            while try await second.next()?.data != #"<span id="attention-count" class="badge none">0</span>"# {}
        }
    }

    @Test("The list keeps its filter from page to page; the search leads to the operation")
    func list() async throws {
        try await TestServer.with([.payment, .mail]) { server in
            for number in 0..<60 { _ = try await server.submit("payment", ["Operation-Id": "p\(number)"]) }
            _ = try await server.submit("mail", ["Operation-Id": "m"])
            let first = try await server.get("/dashboard/operations?status=live&type=payment&since=1h")
            #expect(!first.body.contains(">m</a>"))
            let link = try #require(first.body.firstMatch(of: /href="([^"]+)" rel="next"/)?.1.replacing("&amp;", with: "&"))
            #expect(link.contains("status=live&type=payment&since=1h&page="))
            let second = try await server.get(String(link))
            let ids = [first, second].flatMap { page in page.body.matches(of: />(p[0-9]+)<\/a>/).map { String($0.1) } }
            #expect(Set(ids).count == 60 && ids.count == 60)
            #expect(try await server.get("/dashboard/operations?id=none").status == 404)
            let found = try await server.get("/dashboard/operations?id=+m+")
            #expect(found.body.contains("<h1 class=\"id\">m</h1>"))
        }
    }
}
