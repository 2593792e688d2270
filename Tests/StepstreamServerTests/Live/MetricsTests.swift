import Foundation
import Stepstream
import StepstreamTesting
import Testing

@Suite("Metrics", .timeLimit(.minutes(2)))
struct MetricsTests {
    private struct Metric: Equatable {
        var kind: String
        var labels: Set<String> = []
    }

    private static var root: URL { URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized }

    @Test("every line keeps the text format, and what is told is what docs/metrics.md says, with its kind and labels")
    func page() async throws {
        try await TestServer.with { server in
            _ = try await server.post("/v1/operations", #"{"type":"mail","input":{}}"#)
            try await server.work(on: .mail, .succeeded(.null))
            let answer = try await server.get("/metrics")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let shown = try metrics(answer.body)
            let page = try documented()
            for (name, metric) in shown { #expect(metric == page[name], "\(name)") }
            // What the store holds is always told; no worker has ever been there. What is counted is told once there is something.
            let counted = Set(MetricName.allCases.map(\.rawValue) + page.keys.filter { $0.hasPrefix("stepstream_redis_") })
            let missing = Set(page.keys).subtracting(counted).subtracting(shown.keys)
            #expect(missing.isSubset(of: ["stepstream_queue_unmoved_seconds"]), "\(missing)")
            for name: MetricName in [
                .operationsAccepted, .operationsEnded, .operationDuration, .attempts, .attemptEnds, .queueWait, .httpRequests,
            ] {
                #expect(shown[name.rawValue] != nil, "\(name)")
            }
            #expect(answer.body.contains(#"stepstream_operations_ended_total{type="mail",status="Succeeded"} 1"#))
            #expect(answer.body.contains(#"stepstream_attempt_ends_total{type="mail",step="send",outcome="succeeded"} 1"#))
            #expect(answer.body.contains(#"stepstream_http_requests_total{method="POST",route="/v1/operations",status="2xx"} 1"#))
        }
    }

    @Test("docs/metrics.md has a row for each metric that is counted, and none for others")
    func rows() throws {
        let page = try documented()
        for name in MetricName.allCases {
            #expect(page[name.rawValue] == Metric(kind: name.kind.rawValue, labels: Set(name.labels)), "\(name.rawValue)")
        }
    }

    @Test("alert rules and the dashboard name metrics that exist", arguments: ["config/alerts.yaml", "config/grafana-dashboard.json"])
    func files(path: String) throws {
        let text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        let page = try documented()
        let named = Set(text.matches(of: #/stepstream_[a-z_]+/#).map { String($0.0) })
        #expect(named.count > 5)
        for name in named {
            let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
            #expect(page[name] != nil || page[base]?.kind == "histogram", "\(name)")
        }
        if path.hasSuffix(".json") { #expect(try JSONNode.parse(text, maximumDepth: 64).member("panels")?.elements.count ?? 0 > 10) }
    }

    /// Reads the format strictly: HELP and TYPE before the values, names and labels as its specification has them, no line of another kind.
    private func metrics(_ text: String) throws -> [String: Metric] {
        var metrics: [String: Metric] = [:]
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") { continue }
            if let type = line.wholeMatch(of: #/# TYPE (\S+) (counter|gauge|histogram)/#) {
                #expect(metrics.updateValue(Metric(kind: String(type.2)), forKey: String(type.1)) == nil)
                continue
            }
            let value = try #require(line.wholeMatch(of: #/([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+)/#), "\(line)")
            let labels = (value.2 ?? "").matches(of: #/([a-z_]+)="[^"]*"/#).map { String($0.1) }
            var name = String(value.1)
            if metrics[name] == nil, let suffix = ["_bucket", "_sum", "_count"].first(where: name.hasSuffix) {
                name = String(name.dropLast(suffix.count))
            }
            #expect(metrics[name] != nil, "\(line)")
            metrics[name]?.labels.formUnion(labels.filter { $0 != "le" })
        }
        return metrics
    }

    private func documented() throws -> [String: Metric] {
        let page = try String(contentsOf: Self.root.appending(path: "docs/metrics.md"), encoding: .utf8)
        var metrics: [String: Metric] = [:]
        for row in page.matches(of: #/\| `(stepstream_[a-z_]+)` \| (counter|gauge|histogram) \|([^|]*)\|/#) {
            let labels = row.3.matches(of: #/`([a-z]+)`/#).map { String($0.1) }
            metrics[String(row.1)] = Metric(kind: String(row.2), labels: Set(labels))
        }
        return metrics
    }
}
