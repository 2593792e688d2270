import AsyncHTTPClient
import HTTPTypes
import ServiceContextModule
import Stepstream
import StepstreamMetrics
import StepstreamTesting
import StepstreamTracing
import Testing
import Tracing

@Suite("What a collector answers, and when it is away", .timeLimit(.minutes(2)))
struct SpanExporterTests {
    /// Makes spans, and tells what became of them.
    private struct Source {
        let registry = PrometheusRegistry()
        let exporter: SpanExporter

        init(_ url: String) {
            exporter = SpanExporter(endpoint: url, service: [], http: .shared, meters: Meters(factory: registry), logger: .quiet)
        }

        func draw(_ count: Int) {
            let tracer = OTLPTracer(exporter)
            for number in 0..<count { tracer.startAnySpan("\(number)", context: ServiceContext.topLevel, ofKind: .internal).end() }
        }

        /// Exported and dropped.
        var counts: [String] {
            registry.text.split(separator: "\n").filter { $0.hasPrefix("stepstream_spans_") }.map(String.init).sorted()
        }
    }

    private static func names(_ collector: Collector) throws -> [String] { try collector.spans().compactMap { $0.member("name")?.string } }

    @Test("a collector that is busy gets the same spans again, not before the time it names", arguments: [429, 502, 503, 504])
    func busy(status: Int) async throws {
        let reply = Collector.Reply(status: .init(code: status), headers: [.retryAfter: "7"])
        try await Collector.with(answering: [reply]) { collector, url in
            let source = Source(url)
            source.draw(3)
            #expect(await source.exporter.flush() >= .seconds(7))
            #expect(source.counts.isEmpty)
            #expect(await source.exporter.flush() == .seconds(1))
            let names = try Self.names(collector)
            #expect(names == ["0", "1", "2", "0", "1", "2"])
            #expect(source.counts == ["stepstream_spans_exported_total 3"])
        }
    }

    @Test("what it rejects of a request is counted, and nothing of that is sent again", arguments: [#""2""#, "2"])
    func partialSuccess(rejected: String) async throws {
        let reply = Collector.Reply(body: #"{"partialSuccess":{"rejectedSpans":\#(rejected),"errorMessage":"too old"}}"#)
        try await Collector.with(answering: [reply]) { collector, url in
            let source = Source(url)
            source.draw(5)
            #expect(await source.exporter.flush() == .seconds(1))
            #expect(collector.requests == 1)
            #expect(source.counts == ["stepstream_spans_dropped_total 2", "stepstream_spans_exported_total 3"])
        }
    }

    @Test("a request that it refuses is not sent again, and those after it are")
    func refused() async throws {
        try await Collector.with(answering: [.init(status: .badRequest)]) { collector, url in
            let source = Source(url)
            source.draw(600)
            #expect(await source.exporter.flush() == .seconds(1))
            #expect(collector.requests == 2)
            #expect(source.counts == ["stepstream_spans_dropped_total 512", "stepstream_spans_exported_total 88"])
        }
    }

    @Test("while nobody listens spans wait up to a bound, drawing them waits for nothing, and neither does the end")
    func away() async throws {
        var source: Source?
        try await Collector.with { collector, url in
            let kept = Source(url)
            kept.draw(1)
            await kept.exporter.flush()
            source = kept
        }
        let away = try #require(source)
        away.draw(SpanExporter.most + 10)
        #expect(await away.exporter.flush() >= .milliseconds(500))
        #expect(away.counts == ["stepstream_spans_dropped_total 10", "stepstream_spans_exported_total 1"])
        // The end does not wait for it either.
        let task = Task { await away.exporter.run() }
        task.cancel()
        await task.value
        let dropped = SpanExporter.most + 10
        #expect(away.counts == ["stepstream_spans_dropped_total \(dropped)", "stepstream_spans_exported_total 1"])
    }
}
