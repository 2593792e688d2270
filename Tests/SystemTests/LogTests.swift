import Foundation
import NIOHTTP1
import Stepstream
import StepstreamTesting
import Testing

@Suite("Logs as JSON", .serialized, .timeLimit(.minutes(2)))
struct LogTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    /// The words of the lines about an attempt: all that can come of one.
    private static let attempts: Set = [
        "A call of a handler failed", "An attempt ended", "An attempt failed and will be retried", "An attempt failed, and none is left",
    ]

    @Test("Every line that names an operation names its trace, and its step where it is about one: failed, repeated and undone")
    func complete() async throws {
        try await Installation.with(definitions: ["order": Sample.patientOrder]) { installation in
            let handlers = installation.handlers
            handlers.plan("/charge", .answer(503), .cut, .answer(422, body: #"{"title":"No money"}"#))
            handlers.plan("/release", .answer(503), .answer())
            handlers.plan("/hook", .answer(410))
            let port = try #require(URL(string: handlers.url("/"))?.port)
            let settings = [
                "LOG_FORMAT": "json", "LOG_LEVEL": "debug", "WEBHOOKS_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "WEBHOOKS_SCHEME": "http", "WEBHOOKS_PORTS": "\(port)", "WEBHOOKS_ALLOW": "127.0.0.0/8",
            ]
            let api = try await installation.serve(settings)
            let worker = try await installation.work(settings)
            let callback = #"{"url":"\#(try handlers.url("/hook"))","events":["stepstream.operation.failed"]}"#
            let body = #"{"id":"order-1","type":"order","input":{},"callback":\#(callback)}"#
            let headers = ["traceparent": "00-\(Self.trace)-00f067aa0ba902b7-01"]
            #expect(try await api.send(.POST, "/v1/operations", headers: headers, body: body).status == 202)
            #expect(try await api.end(of: "order-1")["status"] == "Failed")
            try await worker.line(with: "answered 410 Gone")
            let lines = try (api.program.errors + worker.errors).split(separator: "\n").map { try JSONNode.parse(String($0)) }
            let about = lines.filter { $0.json.text.contains("order-1") }
            #expect(about.allSatisfy { $0["operation"] == "order-1" && $0["trace"] == Self.trace }, "\(about.map(\.json.text))")
            let ofAttempts = about.filter { $0["step"] != nil }
            #expect(Set(ofAttempts.compactMap { $0["message"] }) == Self.attempts)
            #expect(ofAttempts.allSatisfy { $0["direction"] != nil && $0["epoch"] != nil })
            // What is told of the delivery, its connection too, is about no step.
            #expect(about.filter { $0["step"] == nil }.contains { $0["address"] != nil })
            let steps = ofAttempts.filter { $0["message"] == "An attempt failed and will be retried" }.map {
                "\($0["direction"] ?? "") \($0["step"] ?? "")"
            }
            #expect(steps == ["forward charge", "forward charge", "undo reserve"])
            #expect(!lines.contains { $0.json.text.contains("No money") })
        }
    }

    @Test("A request about an operation that Redis did not answer names it")
    func unanswered() async throws {
        let redis = try await RedisServer.start()
        try await Installation.with(definitions: ["order": Sample.patientOrder], redis: redis.url) { installation in
            let api = try await installation.serve(["LOG_FORMAT": "json"])
            await redis.stop()
            for path in ["/v1/operations/order-1", "/v1/operations/order-1/deliveries"] {
                #expect(try await api.get(path).status == 503)
            }
            #expect(try await api.send(.POST, "/v1/operations/order-1:cancel").status == 503)
            let line = try JSONNode.parse(try await api.program.line(with: "The store refused or failed a call", count: 3))
            #expect(line["operation"] == "order-1" && line["request"] != nil)
        }
    }
}
