import Foundation
import Stepstream
import StepstreamTesting
import Testing

@Suite("Metrics", .timeLimit(.minutes(2)))
struct MetricsTests {
    @Test("every line keeps the text format, every metric is in docs/metrics.md with its kind and labels, and none else is there")
    func page() async throws {
        try await TestServer.with { server in
            _ = try await server.post("/v1/operations", #"{"type":"mail","input":{}}"#)
            let answer = try await server.get("/metrics")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let shown = try metrics(answer.body)
            let page = try documented()
            #expect(Set(shown.keys).subtracting(page.keys) == [])
            // No worker has ever been there.
            #expect(Set(page.keys).subtracting(shown.keys).subtracting(["stepstream_queue_unmoved_seconds"]) == [])
            for (name, metric) in shown {
                #expect(metric.kind == page[name]?.kind, "\(name)")
                #expect(metric.labels == page[name]?.labels, "\(name)")
            }
        }
    }

    private struct Metric: Equatable {
        var kind: String
        var labels: Set<String> = []
    }

    /// Reads the format strictly: HELP and TYPE before the values, names and labels as its specification has them, no line of another kind.
    private func metrics(_ text: String) throws -> [String: Metric] {
        var metrics: [String: Metric] = [:]
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") { continue }
            if let type = line.wholeMatch(of: #/# TYPE (\S+) (counter|gauge)/#) {
                #expect(metrics.updateValue(Metric(kind: String(type.2)), forKey: String(type.1)) == nil)
                continue
            }
            let value = try #require(line.wholeMatch(of: #/([a-z_]+)(?:\{(.*)\})? ([0-9.]+)/#), "\(line)")
            let labels = (value.2 ?? "").split(separator: ",").compactMap { $0.wholeMatch(of: #/([a-z_]+)="[^"]*"/#)?.1 }.map(String.init)
            #expect(metrics[String(value.1)] != nil)
            metrics[String(value.1)]?.labels.formUnion(labels)
        }
        return metrics
    }

    private func documented() throws -> [String: Metric] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let page = try String(contentsOf: root.appending(path: "docs/metrics.md"), encoding: .utf8)
        var metrics: [String: Metric] = [:]
        for row in page.matches(of: #/\| `(stepstream_[a-z_]+)` \| (counter|gauge) \| (?:`([a-z]+)`)? ?\|/#) {
            metrics[String(row.1)] = Metric(kind: String(row.2), labels: Set([row.3].compactMap(\.self).map(String.init)))
        }
        return metrics
    }
}
