import ChildProcesses
import Foundation
import Glibc
import NIOHTTP1
import Stepstream
import StepstreamTesting
import Testing

@Suite("Webhooks", .serialized, .timeLimit(.minutes(3)))
struct WebhookTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let older = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo="
    private static let other = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="

    /// Settings under which the receivers of these tests may be called.
    private func settings(_ receivers: HandlerService..., secret: String = WebhookTests.secret) throws -> [String: String] {
        let ports = try receivers.map { try #require(URL(string: $0.url("/"))?.port) }.map(String.init)
        return [
            "WEBHOOKS_SECRET": secret, "WEBHOOKS_SCHEME": "http", "WEBHOOKS_PORTS": ports.joined(separator: ","),
            "WEBHOOKS_ALLOW": "127.0.0.0/8", "WEBHOOKS_TIME_LIMIT": "1s",
        ]
    }

    private func submit(_ api: API, _ url: String, events: String = #"["stepstream.operation.succeeded"]"#) async throws -> String {
        let body = #"{"type":"work","input":{},"callback":{"url":"\#(url)","events":\#(events)}}"#
        let answer = try await api.send(.POST, "/v1/operations", body: body)
        try #require(answer.status == 202, "\(answer.body)")
        return try #require(try answer.json()["id"])
    }

    /// The first delivery, once it is as wished: the ledger is written after the answer, so it is asked until then.
    private func delivery(_ api: API, _ id: String, until isMet: (JSONNode) -> Bool) async throws -> JSONNode {
        let answer = try await api.patiently {
            try await $0.get("/v1/operations/\(id)/deliveries")
        } until: { answer in
            try answer.json().member("deliveries")?.elements.first.map(isMet) ?? false
        }
        return try #require(try answer.json().member("deliveries")?.elements.first)
    }

    @Test(
        "A callback is told of the end, signed as the standard's own library verifies it, with both secrets while one is replaced; the command line shows and replays"
    )
    func delivered() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let receiver = installation.handlers
            let settings = try settings(receiver, secret: Self.secret + "," + Self.older)
            let api = try await installation.serve(settings)
            _ = try await installation.work(settings)
            let id = try await submit(api, try receiver.url("/hook"))
            let call = try #require(try await receiver.wait("/hook", count: 1).first)
            for secret in [Self.secret, Self.older] {
                let type = try await StandardWebhooks.verify(call, secret: secret, in: installation)
                #expect(type == "stepstream.operation.succeeded")
            }
            let foreign = try await StandardWebhooks.verify(call, secret: Self.other, in: installation)
            #expect(foreign == nil)
            #expect(try call.json()["subject"] == id)
            #expect(call.headers["content-type"]?.hasPrefix("application/cloudevents+json") == true)
            _ = try await delivery(api, id) { $0["state"] == "delivered" }

            let shown = try await installation.run("deliveries", id, "--url", api.url)
            #expect(shown.output.contains("1  delivered  stepstream.operation.succeeded"))
            let replayed = try await installation.run("replay", id, "1", "--url", api.url)
            #expect(replayed.end == .exited(0), "\(replayed.errors)")
            let calls = try await receiver.wait("/hook", count: 2)
            #expect(Set(calls.map { $0.headers["webhook-id"] }).count == 1)
            _ = try await delivery(api, id) { $0["state"] == "delivered" }
            let page = try String(
                contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/webhooks.md").standardized,
                encoding: .utf8
            )
            let block = try #require(page.firstMatch(of: /```sh\n(stepstream deliveries[^`]+)```/)?.1)
            let script = block.replacing("http://localhost:8080", with: api.url).replacing("ID", with: id)
            let port = try #require(api.url.split(separator: ":").last)
            let run = try await installation.shell(
                "curl() { command curl -fsS \"$@\"; }\n" + script.replacing("curl -X", with: "command curl -s -X"),
                port: String(port)
            )
            #expect(run.end == .exited(0) && run.output.contains(#"{"replayed":0"#), "\(run.errors)")
            let range = #"{"endpoint":"\#(try #require(URL(string: receiver.url("/"))?.port).description)","from":"x","to":"y"}"#
            let refused = try await api.send(.POST, "/v1/deliveries:replay", body: range)
            #expect(refused.status == 422)
        }
    }

    @Test("A delivery whose worker was killed between request and commit is made again, under the same webhook-id")
    func killed() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let receiver = installation.handlers
            receiver.plan("/hook", .held(), .answer(204))
            var settings = try settings(receiver)
            settings["WEBHOOKS_TIME_LIMIT"] = "2s"
            let api = try await installation.serve(settings)
            let first = try await installation.work(slot: 1, settings)
            let id = try await submit(api, try receiver.url("/hook"))
            try await receiver.wait("/hook", count: 1)
            first.send(SIGKILL)
            try await first.ended()
            _ = try await installation.work(slot: 2, settings)
            let calls = try await receiver.wait("/hook", count: 2)
            #expect(calls[0].headers["webhook-id"] == calls[1].headers["webhook-id"] && calls[0].headers["webhook-id"] != nil)
            _ = try await delivery(api, id) { $0["state"] == "delivered" }
        }
    }

    @Test("A receiver that never answers delays no other")
    func dead() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let dead = try await HandlerService.start()
            let receiver = installation.handlers
            dead.plan("/hook", .held())
            let settings = try settings(receiver, dead).merging(["WEBHOOKS_CONCURRENCY_PER_RECEIVER": "2"]) { $1 }
            let api = try await installation.serve(settings)
            _ = try await installation.work(settings)
            for _ in 0..<20 { _ = try await submit(api, try dead.url("/hook")) }
            try await dead.wait("/hook", count: 1)
            for _ in 0..<20 { _ = try await submit(api, try receiver.url("/hook")) }
            try await receiver.wait("/hook", count: 20)
            // Had the others waited for it, all of its twenty would have been tried first.
            #expect(dead.calls("/hook").count < 20)
            try await dead.stop()
        }
    }

    @Test("410 disables, Retry-After puts off, redirects are not followed: the ledger tells each")
    func answers() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let receiver = installation.handlers
            receiver.plan("/gone", .answer(410))
            receiver.plan("/moved", .answer(302, headers: [("Location", try receiver.url("/secret"))]))
            receiver.plan("/busy", .answer(429, headers: [("Retry-After", "3600")]))
            let settings = try settings(receiver)
            let api = try await installation.serve(settings)
            _ = try await installation.work(settings)
            let gone = try await submit(api, try receiver.url("/gone"))
            let disabled = try await delivery(api, gone) { $0["state"] == "disabled" }
            #expect(disabled.member("tries")?.elements.first?.member("status")?.int64 == 410)
            let moved = try await submit(api, try receiver.url("/moved"))
            let redirected = try await delivery(api, moved) { $0.member("tries")?.elements.isEmpty == false }
            #expect(redirected["state"] == "pending" && redirected["nextTry"] != nil)
            let busy = try await submit(api, try receiver.url("/busy"))
            let later = try await delivery(api, busy) { $0.member("tries")?.elements.isEmpty == false }
            let tried = try #require(later.member("tries")?.elements.first?["time"].flatMap(Timestamp.parse))
            let next = try #require(later["nextTry"].flatMap(Timestamp.parse))
            #expect(next.count - tried.count == 3_600_000)
            #expect(receiver.calls("/secret").isEmpty)
        }
    }

    @Test("Inner addresses are refused at the submission, and where a name leads to one, before anything is sent")
    func guarded() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let receiver = installation.handlers
            var settings = try settings(receiver)
            settings["WEBHOOKS_ALLOW"] = ""
            let api = try await installation.serve(settings)
            _ = try await installation.work(settings)
            let direct = try receiver.url("/hook")
            let body = #"{"type":"work","input":{},"callback":{"url":"\#(direct)"}}"#
            let refused = try await api.send(.POST, "/v1/operations", body: body)
            #expect(refused.status == 422 && refused.body.contains("this machine"))
            let id = try await submit(api, direct.replacing("127.0.0.1", with: "localhost"))
            let delivery = try await delivery(api, id) { $0.member("tries")?.elements.isEmpty == false }
            #expect(delivery.member("tries")?.elements.first?["fault"]?.contains("this machine") == true)
            #expect(receiver.calls("/hook").isEmpty)
        }
    }

    @Test("A receiver from the file is told of all operations, with its own secret")
    func configured() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let receiver = installation.handlers
            try installation.write("billing.secret", Self.other + "\n")
            try installation.write(
                "webhooks.yaml",
                """
                endpoints:
                  - name: billing
                    url: \(try receiver.url("/billing"))
                    events: [operation.accepted, stepstream.operation.succeeded]
                    secrets: ["file:billing.secret"]
                """
            )
            let settings = try settings(receiver, secret: "").merging(["WEBHOOKS_ENDPOINTS": "webhooks.yaml"]) { $1 }
            let api = try await installation.serve(settings)
            _ = try await installation.work(settings)
            _ = try await api.submit("work")
            let calls = try await receiver.wait("/billing", count: 2)
            var types: [String] = []
            for call in calls { types.append(try await StandardWebhooks.verify(call, secret: Self.other, in: installation) ?? "refused") }
            #expect(types.sorted() == ["stepstream.operation.accepted", "stepstream.operation.succeeded"])
            let callback = #"{"type":"work","input":{},"callback":{"url":"https://a.example/"}}"#
            let refused = try await api.send(.POST, "/v1/operations", body: callback)
            #expect(refused.status == 422 && refused.body.contains("no secret"))
        }
    }

    @Test("webhook-listen prints what is verified, and refuses the rest with the reason")
    func listener() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let listener = try installation.start(shell: "exec stepstream webhook-listen --secret \(Self.secret) >&2")
            let line = try await listener.line(with: "Listening on ")
            let port = try #require(line.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1)
            let settings = try settings(installation.handlers).merging(["WEBHOOKS_PORTS": String(port)]) { $1 }
            let api = try await installation.serve(settings)
            _ = try await installation.work(settings)
            let submitted = try await installation.run("submit", "work", "--callback", "http://127.0.0.1:\(port)/hook", "--url", api.url)
            #expect(submitted.end == .exited(0), "\(submitted.errors)")
            let id = submitted.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let verified = try await listener.line(with: "verified msg_")
            #expect(verified.contains("stepstream.operation.succeeded") && verified.contains(id))
            _ = try await delivery(api, id) { $0["state"] == "delivered" }
            let forged = try await installation.shell(
                "curl -s -i -d '{}' -H 'webhook-id: a' -H \"webhook-timestamp: $(date +%s)\" -H 'webhook-signature: v1,AAAA' http://127.0.0.1:\(port)/"
            )
            #expect(forged.output.contains("401") && forged.output.contains("No signature matches"))
            let old = try await installation.shell(
                "curl -s -d '{}' -H 'webhook-id: a' -H 'webhook-timestamp: 1' -H 'webhook-signature: v1,A' http://127.0.0.1:\(port)/"
            )
            #expect(old.output.contains("s old"))
        }
    }
}
