import ChildProcesses
import Foundation
import Glibc
import NIOHTTP1
import Stepstream
import StepstreamTesting
import Testing

/// Real processes that send their spans to a service shaped as a collector, read with OpenTelemetry's own schema.
@Suite("Traces of real processes", .serialized, .timeLimit(.minutes(3)))
struct TraceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let client = "00f067aa0ba902b7"

    /// All spans that were sent so far, as the schema reads them.
    private func spans(_ installation: Installation) async throws -> [JSONNode] {
        let bodies = installation.handlers.calls("/v1/traces").map { $0.body + "\n" }.joined()
        try installation.write("spans.ndjson", bodies)
        let script = "\(Self.root)/.build/clients/bin/python3 \(Self.root)/Tests/Clients/spans.py spans.ndjson"
        let read = try await installation.shell("exec \(script)")
        try #require(read.end == .exited(0), "\(read.errors)\n\(bodies)")
        return try read.output.split(separator: "\n").map { try JSONNode.parse(String($0)) }
    }

    /// The spans, each once, when all of `names` have come.
    private func spans(_ installation: Installation, named names: [String]) async throws -> [JSONNode] {
        var requests = 1
        while true {
            requests = try await installation.handlers.wait("/v1/traces", count: requests).count + 1
            var found: [String: JSONNode] = [:]
            for span in try await spans(installation) { found[span["span"] ?? ""] = span }
            if found.values.compactMap({ $0["name"] }).sorted() == names { return Array(found.values) }
            try #require(found.count <= names.count, "\(found.values.compactMap { $0["name"] }.sorted())")
        }
    }

    @Test(
        "One trace from the client's submission over every attempt, undo and webhook; the collector is busy and away meanwhile, and each request keeps to the schema"
    )
    func whole() async throws {
        try await Installation.with(definitions: ["order": Sample.patientOrder]) { installation in
            let handlers = installation.handlers
            handlers.plan("/charge", .answer(503), .answer(422, body: #"{"title":"No money"}"#))
            handlers.plan("/release", .answer(503), .answer())
            handlers.plan("/hook", .answer(500), .answer(204))
            handlers.plan("/v1/traces", .answer(503), .answer(429, headers: [("Retry-After", "1")]), .cut, .answer())
            let port = try #require(URL(string: handlers.url("/"))?.port)
            let settings = [
                "TRACING_ENDPOINT": try handlers.url(""), "WEBHOOKS_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "WEBHOOKS_SCHEME": "http", "WEBHOOKS_PORTS": "\(port)", "WEBHOOKS_ALLOW": "127.0.0.0/8",
            ]
            let api = try await installation.serve(settings)
            _ = try await installation.work(settings)
            let callback = #"{"url":"\#(try handlers.url("/hook"))","events":["stepstream.operation.failed"]}"#
            let answer = try await api.send(
                .POST,
                "/v1/operations",
                headers: ["traceparent": "00-\(Self.trace)-\(Self.client)-01"],
                body: #"{"type":"order","input":{},"callback":\#(callback)}"#
            )
            let id = try #require(try answer.json()["id"])
            #expect(try await api.end(of: id)["status"] == "Failed")
            let names = [
                "deliver operation.failed", "deliver operation.failed", "run order/charge", "run order/charge", "run order/reserve",
                "submit order", "undo order/reserve", "undo order/reserve",
            ]
            let spans = try await spans(installation, named: names)
            #expect(spans.allSatisfy { $0["trace"] == Self.trace && $0.member("attributes")?["stepstream.operation"] == id })
            let submission = try #require(spans.first { $0["name"] == "submit order" })
            #expect(submission["parent"] == Self.client && submission["service"] == "stepstream-serve")
            let rest = spans.filter { $0["name"] != "submit order" }
            #expect(rest.allSatisfy { $0["parent"] == submission["span"] })
            let failed = spans.filter { $0["status"] == "STATUS_CODE_ERROR" }.compactMap { $0["name"] }.sorted()
            #expect(failed == ["deliver operation.failed", "run order/charge", "run order/charge", "undo order/reserve"])

            // Whoever is called gets the span of that very call.
            let called = ["/reserve", "/charge", "/release", "/hook"].flatMap { handlers.calls($0) }.map { $0.headers["traceparent"] }
            #expect(Set(called) == Set(rest.map { "00-\(Self.trace)-\($0["span"] ?? "")-01" }) && called.count == rest.count)
            try await told(of: submission["span"] ?? "", id, api, handlers)
        }
    }

    @Test("A collector that takes requests and never answers holds up neither the work nor the end")
    func silentCollector() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            installation.handlers.plan("/v1/traces", .held())
            let settings = ["TRACING_ENDPOINT": try installation.handlers.url("")]
            let api = try await installation.serve(settings)
            let worker = try await installation.work(settings)
            for _ in 0..<20 { #expect(try await api.end(of: try await api.submit("work"))["status"] == "Succeeded") }
            try await installation.handlers.wait("/v1/traces", count: 2)
            for program in [worker, api.program] {
                program.send(SIGTERM)
                #expect(try await program.ended() == .exited(0))
                #expect(program.errors.contains("Spans were lost at shutdown"))
            }
        }
    }

    /// Events name the trace of their operation, the same wherever they are told.
    private func told(of span: String, _ id: String, _ api: API, _ handlers: HandlerService) async throws {
        let kept = "00-\(Self.trace)-\(span)-01"
        for call in handlers.calls("/hook") { #expect(try call.json()["traceparent"] == kept) }
        let stream = try await api.get("/v1/operations/\(id)/events", headers: ["Last-Event-ID": "1", "Accept": "text/event-stream"])
        let events = try stream.body.matches(of: /(?m)^data: (.+)$/).map { try JSONNode.parse(String($0.1)) }
        #expect(events.count > 5 && events.allSatisfy { $0["traceparent"] == kept })
    }
}
