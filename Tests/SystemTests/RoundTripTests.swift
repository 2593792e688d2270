import NIOHTTP1
import Stepstream
import StepstreamTesting
import Testing

@Suite("A write from its submission to its end", .serialized, .timeLimit(.minutes(2)))
struct RoundTripTests {
    @Test("The sync step runs before the answer, the async one in a worker; both get what they need")
    func order() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let handlers = installation.handlers
            handlers.plan("/reserve", .answer(body: #"{"reservation":7}"#))
            handlers.plan("/charge", .answer(body: #"{"receipt":"r-1"}"#))
            let api = try await installation.serve()

            let accepted = try await api.post("order", input: #"{"amount":3}"#, headers: ["Operation-Id": "order-1"])
            #expect(accepted.status == 202)
            #expect(accepted.headers["location"] == "\(api.url)/v1/operations/order-1")
            #expect(accepted.headers["operation-location"] == accepted.headers["location"])
            #expect(accepted.headers["operation-id"] == "order-1")
            #expect(accepted.headers["retry-after"] != nil)
            let operation = try accepted.json()
            #expect(try operation.step("reserve")["status"] == "Succeeded")
            #expect(try operation.step("charge")["status"] != "Succeeded")
            #expect(handlers.calls("/charge").isEmpty)

            _ = try await installation.work()
            let ended = try await api.end(of: "order-1")
            #expect(ended["status"] == "Succeeded")
            #expect(ended["phase"] == "done")
            #expect(ended.member("percentComplete")?.int64 == 100)
            #expect(ended.member("result")?["receipt"] == "r-1")
            let read = try await api.get("/v1/operations/order-1")
            #expect(read.headers["retry-after"] == nil)
            #expect(read.headers["expires"] != nil)

            let charge = try #require(handlers.calls("/charge").first)
            #expect(charge.key == "\"order-1/charge\"")
            #expect(charge.attempt == 1)
            let body = try charge.json()
            #expect(body["operation"] == "order-1")
            #expect(body["type"] == "order")
            #expect(body["step"] == "charge")
            #expect(body.member("input")?.member("amount")?.int64 == 3)
            #expect(body.member("results")?.member("reserve")?.member("reservation")?.int64 == 7)
            #expect(handlers.calls("/reserve").count == 1)
            let events = try await installation.eventKinds(of: "order-1")
            #expect(events.first == "operation.accepted")
            #expect(events.last == "operation.succeeded")
            #expect(events.count { $0 == "step.succeeded" } == 2)
        }
    }

    @Test("The same submission again runs nothing twice; another one under its ID or key is refused")
    func idempotency() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let api = try await installation.serve()
            let headers = ["Idempotency-Key": "\"k-1\""]
            let first = try await api.post("order", input: #"{"amount":3}"#, headers: headers).json()
            let again = try await api.post("order", input: #"{"amount":3}"#, headers: headers)
            #expect(again.status == 202)
            #expect(try again.json()["id"] == first["id"])
            let other = try await api.post("order", input: #"{"amount":4}"#, headers: headers)
            #expect(other.status == 422)
            #expect(other.headers["content-type"] == "application/problem+json")
            #expect(installation.handlers.calls("/reserve").count == 1)
        }
    }

    @Test("A sync step that is refused for good answers the request with its problem; the record stays and nothing async starts")
    func refusedInline() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            installation.handlers.plan(
                "/reserve",
                .answer(409, headers: [("content-type", "application/problem+json")], body: #"{"type":"about:blank","title":"Sold out"}"#)
            )
            let api = try await installation.serve()
            let answer = try await api.post("order", input: #"{"amount":3}"#, headers: ["Operation-Id": "order-2"])
            #expect(answer.status == 409)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(answer.headers["operation-id"] == "order-2")
            #expect(answer.body.contains("Sold out"))
            let operation = try await api.operation("order-2")
            #expect(operation["status"] == "Failed")
            #expect(operation.member("error")?["step"] == "reserve")
            #expect(installation.handlers.calls("/charge").isEmpty)
        }
    }

    @Test("An async step that fails for good rolls back what was done, and says so")
    func rollback() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            installation.handlers.plan("/charge", .answer(402, body: #"{"title":"No funds"}"#))
            let api = try await installation.serve()
            _ = try await installation.work()
            let id = try await api.submit("order", input: #"{"amount":3}"#)
            let ended = try await api.end(of: id)
            #expect(ended["status"] == "Failed")
            #expect(ended["phase"] == "undone")
            #expect(ended.member("error")?["step"] == "charge")
            #expect(ended.member("error")?.member("undo") != nil)
            #expect(try ended.step("reserve").member("undo")?["status"] == "Succeeded")
            let release = installation.handlers.calls("/release")
            #expect(release.map(\.key) == ["\"\(id)/reserve/undo\""])
        }
    }

    @Test("What is wrong with a submission is named, all of it, with pointers")
    func faults() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let api = try await installation.serve()
            let answer = try await api.send(.POST, "/v1/operations", body: #"{"type":"order","input":{"amount":0},"colour":1}"#)
            #expect(answer.status == 422)
            let pointers = try answer.json().member("errors")?.elements.compactMap { $0["pointer"] }
            #expect(Set(pointers ?? []) == ["/input/amount", "/colour"])
            let unreadable = try await api.send(.POST, "/v1/operations", body: "{")
            #expect(unreadable.status == 400)
            let unknown = try await api.get("/v1/operations/nobody-knows-it")
            #expect(unknown.status == 404)
            let nowhere = try await api.get("/nowhere")
            #expect(nowhere.status == 404)
            let method = try await api.send(.PUT, "/v1/operations")
            #expect(method.status == 405)
            #expect(method.headers["allow"]?.contains("POST") == true)
            for problem in [unreadable, unknown, nowhere, method] {
                #expect(problem.headers["content-type"] == "application/problem+json")
                #expect(try problem.json()["type"]?.hasPrefix("http://") == true)
            }
        }
    }
}
