import ChildProcesses
import Foundation
import Stepstream
import StepstreamTesting
import Testing

@Suite("Metrics of real processes", .timeLimit(.minutes(2)))
struct ProcessMetricsTests {
    private static var root: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }

    @Test("Prometheus's own parser reads what the API and a worker tell, and the counts of both outlive them")
    func parsed() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let api = try await installation.serve()
            let worker = try await installation.work(slot: 0, ["WORKER_METRICS_PORT": "0"])
            let line = try await worker.line(with: "Serving metrics")
            let port = try #require(line.firstMatch(of: /127\.0\.0\.1:(\d+)\/metrics/)?.1)
            for _ in 0..<5 { _ = try await api.operation(try await api.submit("work")) { $0["status"] == "Succeeded" } }
            let script = "exec \(Self.root)/.build/clients/bin/python3 \(Self.root)/Tests/Clients/metrics.py"
            let ofAPI = try await installation.shell("\(script) \(api.url)/metrics")
            #expect(ofAPI.end == .exited(0), "\(ofAPI.errors)")
            #expect(ofAPI.output.contains("stepstream_operations_accepted_total type=work 5"), "\(ofAPI.output)")
            let ofWorker = try await installation.shell("\(script) http://127.0.0.1:\(port)/metrics")
            #expect(ofWorker.output.contains("stepstream_operations_ended_total status=Succeeded,type=work 5"), "\(ofWorker.output)")
            #expect(ofWorker.output.contains("stepstream_redis_commands_total"))
            #expect(try await installation.shell("curl -fs http://127.0.0.1:\(port)/healthz").end == .exited(0))
        }
    }
}
