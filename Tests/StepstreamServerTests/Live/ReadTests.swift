import StepstreamTesting
import StepstreamStore
import StepstreamServer
import NIOHTTP1
import Stepstream
import Testing

@Suite("Reading, listing, forgetting", .timeLimit(.minutes(2)))
struct ReadTests {
    @Test("A read has a tag, and a known tag is 304 without a body")
    func tags() async throws {
        try await TestServer.with { server in
            _ = try await server.submit("mail", ["Operation-Id": "o"])
            let read = try await server.get("/v1/operations/o")
            #expect(read.status == 200)
            #expect(read.headers["retry-after"] == "1")
            #expect(read.headers["expires"] == nil)
            #expect(read.headers["cache-control"] == "no-store")
            let tag = try #require(read.headers["etag"])
            let known = try await server.get("/v1/operations/o", ["If-None-Match": tag])
            #expect(known.status == 304)
            #expect(known.body.isEmpty)
            #expect(known.headers["etag"] == tag)
            #expect(known.headers["retry-after"] == "1")
            try await server.work(on: .mail, .succeeded(.null))
            let changed = try await server.get("/v1/operations/o", ["If-None-Match": tag])
            #expect(changed.status == 200)
            #expect(changed.headers["etag"] != tag)
            #expect(changed.headers["retry-after"] == nil)
            #expect(changed.headers["expires"]?.hasSuffix("GMT") == true)
        }
    }

    @Test("HEAD is GET without the body")
    func head() async throws {
        try await TestServer.with { server in
            _ = try await server.submit("mail", ["Operation-Id": "o"])
            let read = try await server.get("/v1/operations/o")
            let head = try await server.send(.HEAD, "/v1/operations/o")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.headers["etag"] == read.headers["etag"])
            #expect(head.headers["content-length"] == String(read.body.utf8.count))
        }
    }

    @Test("A failure is in the body of a read, with status 200")
    func failed() async throws {
        try await TestServer.with { server in
            _ = try await server.submit("mail", ["Operation-Id": "o"])
            try await server.work(on: .mail, .failed(Problem(type: "/problems/handler-refused", title: "No", status: 400), retry: .never))
            let read = try await server.get("/v1/operations/o")
            #expect(read.status == 200)
            #expect(try read.json()["status"] == "Failed")
            #expect(try read.json().member("error")?["step"] == "send")
            #expect(try read.json().member("result")?.isNull == true)
        }
    }

    @Test("Unknown operations, impossible IDs and others' operations are one and the same 404")
    func unknown() async throws {
        try await TestServer.with { server in
            let foreign = try #require(OperationID("foreign"))
            let decisions = Decisions(.mail, version: Definition.mail.version)
            _ = try await server.store.submit(
                Submission(
                    id: foreign,
                    tenant: "somebody-else",
                    definition: .mail,
                    version: Definition.mail.version,
                    input: .null,
                    fingerprint: "f",
                    transition: decisions.submit(foreign, inline: false, recovery: 60_000)
                )
            )
            var details: Set<String> = []
            for path in ["nobody", "foreign", "-", "a%20b", String(repeating: "x", count: 200)] {
                for answer in [
                    try await server.get("/v1/operations/\(path)"), try await server.send(.DELETE, "/v1/operations/\(path)"),
                    try await server.send(.POST, "/v1/operations/\(path):cancel"),
                ] {
                    #expect(answer.status == 404)
                    #expect(try answer.problem() == "not-found")
                    details.insert(try answer.json()["detail"] ?? "")
                }
            }
            #expect(details.count == 1)
            #expect(try await server.get("/v1/operations").json().member("operations")?.count == 0)
            #expect(try await server.submit("mail", input: "null", ["Operation-Id": "foreign"]).status == 422)
            #expect(try await server.store.read(foreign, withEvents: false)?.cancelRequested == false)
        }
    }

    @Test("A long poll ends when the operation does")
    func longPoll() async throws {
        try await TestServer.with { server in
            _ = try await server.submit("mail", ["Operation-Id": "o"])
            async let answer = server.get("/v1/operations/o?wait=50s")
            try await server.work(on: .mail, .succeeded(.null))
            #expect(try await answer.json()["status"] == "Succeeded")
        }
    }

    @Test("With a tag, a long poll ends at any change")
    func longPollTag() async throws {
        try await TestServer.with { server in
            let accepted = try await server.submit("order", input: #"{"amount":1}"#, ["Operation-Id": "o", "Prefer": "respond-async"])
            let tag = try #require(accepted.headers["etag"])
            async let answer = server.get("/v1/operations/o?wait=50", ["If-None-Match": tag])
            try await server.work(on: .order, .succeeded(.null))
            let changed = try await answer
            #expect(changed.status == 200)
            #expect(changed.headers["etag"] != tag)
            #expect(try changed.json()["status"] == "Running")
        }
    }

    @Test("A long poll gives up when its time is over: as it is, or 304")
    func longPollOver() async throws {
        try await TestServer.with(configure: { $0.longPoll = .milliseconds(20) }) { server in
            let accepted = try await server.submit("mail", ["Operation-Id": "o"])
            let plain = try await server.get("/v1/operations/o?wait=50s")
            #expect(plain.status == 200)
            #expect(try plain.json()["status"] == "NotStarted")
            let known = try await server.get("/v1/operations/o?wait=50s", ["If-None-Match": try #require(accepted.headers["etag"])])
            #expect(known.status == 304)
        }
    }

    @Test("Pages follow one another without gaps or repeats, newest first")
    func pages() async throws {
        try await TestServer.with { server in
            var ids: [String] = []
            for number in 0..<7 {
                ids.append("o-\(number)")
                _ = try await server.submit("mail", ["Operation-Id": "o-\(number)"])
            }
            var found: [String] = []
            var token: String?
            repeat {
                let query = token.map { "&page-token=\($0)" } ?? ""
                let page = try await server.get("/v1/operations?page-size=3\(query)").json()
                found += page.member("operations")?.elements.compactMap { $0["id"] } ?? []
                token = page["nextPageToken"]
                // What comes in between is newer than every page that follows.
                _ = try await server.submit("mail")
            } while token != nil
            #expect(Set(found).isSuperset(of: ids))
            #expect(found.count == Set(found).count)
            let times = try await withThrowingTaskGroup(of: Void.self) { _ in
                var times: [Int64] = []
                for id in found { times.append(try await server.stored(id).createdAt.count) }
                return times
            }
            #expect(times == times.sorted(by: >))
        }
    }

    @Test("A listing is narrowed by status, type and time")
    func filters() async throws {
        try await TestServer.with { server in
            _ = try await server.submit("quick", ["Operation-Id": "done"])
            _ = try await server.submit("mail", ["Operation-Id": "waiting"])
            func ids(_ query: String) async throws -> [String] {
                try await server.get("/v1/operations?\(query)").json().member("operations")?.elements.compactMap { $0["id"] } ?? []
            }
            #expect(try await ids("status=Succeeded") == ["done"])
            #expect(try await ids("status=NotStarted") == ["waiting"])
            #expect(try await ids("type=mail") == ["waiting"])
            #expect(try await ids("type=quick&status=NotStarted").isEmpty)
            #expect(try await ids("created-after=2999-01-01T00:00:00Z").isEmpty)
            #expect(try await Set(ids("created-after=2000-01-01T00:00:00%2B01:00")) == ["done", "waiting"])
        }
    }

    @Test(
        "Bad parameters are 422 and named",
        arguments: [
            ("?page-size=0", "page-size"), ("?page-size=1001", "page-size"), ("?page-size=x", "page-size"), ("?status=running", "status"),
            ("?type=No!", "type"), ("?created-after=yesterday", "created-after"), ("?pagesize=3", "pagesize"), ("?type=a&type=b", "type"),
            ("/o?wait=soon", "wait"), ("/o?wait=-1", "wait"), ("/o?wait=", "wait"), ("/o?wiat=1", "wiat"),
        ]
    )
    func badParameters(query: String, name: String) async throws {
        try await TestServer.with { server in
            let answer = try await server.get("/v1/operations\(query)")
            #expect(answer.status == 422)
            #expect(try answer.problem() == "unprocessable")
            #expect(try answer.pointers() == [name])
        }
    }

    @Test("A page token of somebody else's making is 422")
    func badToken() async throws {
        try await TestServer.with { server in
            try await #expect(server.get("/v1/operations?page-token=abc").status == 422)
        }
    }

    @Test("Only what has ended can be forgotten")
    func delete() async throws {
        try await TestServer.with { server in
            _ = try await server.submit("mail", ["Operation-Id": "o"])
            let early = try await server.send(.DELETE, "/v1/operations/o")
            #expect(early.status == 409)
            #expect(try early.problem() == "conflict")
            try await server.work(on: .mail, .succeeded(.null))
            #expect(try await server.send(.DELETE, "/v1/operations/o").status == 204)
            #expect(try await server.get("/v1/operations/o").status == 404)
            #expect(try await server.send(.DELETE, "/v1/operations/o").status == 404)
        }
    }

    @Test("Canceling what waits ends it; again, and after the end, it changes nothing")
    func cancel() async throws {
        try await TestServer.with { server in
            _ = try await server.submit("mail", ["Operation-Id": "o"])
            let canceled = try await server.send(.POST, "/v1/operations/o:cancel")
            #expect(canceled.status == 202)
            #expect(try canceled.json()["status"] == "Canceled")
            #expect(canceled.headers["operation-id"] == "o")
            let again = try await server.post("/v1/operations/o:cancel", "{}")
            #expect(again.status == 202)
            #expect(again.headers["etag"] == canceled.headers["etag"])
            #expect(try await server.post("/v1/operations/o:cancel", #"{"why":1}"#).status == 422)
        }
    }

    @Test("Canceling reaches a sync step that runs here")
    func cancelRunning() async throws {
        try await TestServer.with { server in
            async let answer = server.submit("quick", input: #"{"act":"hang"}"#, ["Operation-Id": "o", "Prefer": "wait=50"])
            try await server.handlers.signals.wait(for: "began", of: "o")
            #expect(try await server.send(.POST, "/v1/operations/o:cancel").status == 202)
            #expect(try await answer.json()["status"] == "Canceled")
        }
    }
}
