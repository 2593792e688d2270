import AsyncHTTPClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import StepstreamTracing
import Testing

@Suite("Traces", .timeLimit(.minutes(2)))
struct TracingTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test("a submission's span is under the client's, an attempt's under the submission's; a collector gets both as OTLP's JSON")
    func spans() async throws {
        try await Collector.with { collector, url in
            let exporter = SpanExporter(endpoint: url, service: [("service.name", "test")], http: .shared, logger: .quiet)
            try await TestServer.with(tracer: OperationSpans(tracer: OTLPTracer(exporter))) { server in
                let client = "00-\(Self.trace)-00f067aa0ba902b7-01"
                let answer = try await server.post("/v1/operations", #"{"type":"mail","input":{}}"#, ["traceparent": client])
                #expect(answer.status == 202)
                let id = try await server.work(on: .mail, .succeeded(.null))
                await exporter.flush()
                let spans = try collector.spans()
                #expect(spans.map { $0.member("name")?.string } == ["submit mail", "run mail/send"])
                #expect(spans.allSatisfy { $0.member("traceId")?.string == Self.trace })
                #expect(spans[0].member("parentSpanId")?.string == "00f067aa0ba902b7")
                #expect(spans[1].member("parentSpanId")?.string == spans[0].member("spanId")?.string)
                let kept = try await server.store.read(id, withEvents: false)?.traceparent
                #expect(kept == "00-\(Self.trace)-\(spans[0].member("spanId")?.string ?? "")-01")
                for span in spans {
                    let start = try #require(span.member("startTimeUnixNano")?.string.flatMap { UInt64($0) })
                    let end = try #require(span.member("endTimeUnixNano")?.string.flatMap { UInt64($0) })
                    #expect(start <= end)
                    #expect(span.member("attributes")?.json.text.contains(id.text) == true)
                }
            }
        }
    }

    @Test("on a WebSocket the snapshot and each event name the trace of their operation")
    func webSocket() async throws {
        try await TestServer.with { server in
            let client = "00-\(Self.trace)-00f067aa0ba902b7-01"
            let answer = try await server.post("/v1/operations", #"{"type":"mail"}"#, ["traceparent": client])
            let id = try #require(try answer.json()["id"])
            try await RawWebSocket.with(server.port) { socket in
                try await socket.send(#"{"watch":["\#(id)"]}"#)
                let snapshot = try await socket.message()
                #expect(snapshot["type"] == "stepstream.operation.snapshot" && snapshot["traceparent"] == client)
                try await server.work(on: .mail, .succeeded(.null))
                let event = try await socket.message()
                #expect(event["sequence"] == "0000000002" && event["traceparent"] == client)
            }
        }
    }

    @Test("a trace that the client has not sampled is handed on and not sent")
    func unsampled() async throws {
        try await Collector.with { collector, url in
            let exporter = SpanExporter(endpoint: url, service: [], http: .shared, logger: .quiet)
            try await TestServer.with(tracer: OperationSpans(tracer: OTLPTracer(exporter))) { server in
                let client = "00-\(Self.trace)-00f067aa0ba902b7-00"
                _ = try await server.post("/v1/operations", #"{"type":"mail"}"#, ["traceparent": client])
                let id = try await server.work(on: .mail, .succeeded(.null))
                await exporter.flush()
                #expect(try collector.spans().isEmpty)
                let kept = try await server.store.read(id, withEvents: false)?.traceparent
                #expect(kept?.hasPrefix("00-\(Self.trace)-") == true)
                #expect(kept?.hasSuffix("-00") == true)
            }
        }
    }
}
