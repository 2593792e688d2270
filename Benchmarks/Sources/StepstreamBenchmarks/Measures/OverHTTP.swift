import Foundation
import Rigging

/// Submits over HTTP to a server of its own process, and does the same to one that decodes and forgets.
struct OverHTTP: Sendable {
    let plan: Plan
    let workload: Workload

    /// Operations in one NDJSON body.
    private static let lines = 100

    /// What is sent, the same to both.
    private struct Loads: Sendable {
        let single: LoadGenerator
        let wide: LoadGenerator
        let batch: LoadGenerator

        init(_ plan: Plan, _ workload: Workload) {
            let line = #"{"type":"benchmark","input":\#(workload.inputText)}"#
            single = LoadGenerator(
                connections: 1,
                seconds: plan.loadSeconds,
                path: "/v1/operations",
                body: line,
                mediaType: "application/json"
            )
            wide = LoadGenerator(
                connections: 64,
                seconds: plan.loadSeconds,
                path: "/v1/operations",
                body: line,
                mediaType: "application/json"
            )
            batch = LoadGenerator(
                connections: 4,
                seconds: plan.loadSeconds,
                path: "/v1/operations:batch",
                body: Array(repeating: line, count: OverHTTP.lines).joined(separator: "\n") + "\n",
                mediaType: "application/x-ndjson"
            )
        }
    }

    func round(into report: inout Report) async throws {
        let loads = Loads(plan, workload)
        let bare = try await measureEmpty(loads)
        report.add(bare.single, .emptySingle)
        report.add(bare.wide, .emptyWide)
        report.add(bare.batch, .emptyBatch)
        let own = try await Stand.with { stand in
            try await Self.serving(stand) { server in try await measure(server, loads, stand) }
        }
        report.add(own.rates.single, .httpSingle)
        report.add(own.rates.wide, .httpWide)
        report.add(own.rates.batch, .httpBatch)
        report.add(own.cpu, .ourCPU(.http))
        report.add(own.redisCPU, .redisCPU(.http))
        report.add(own.residentBytes / 1e6, .resident(.http))
        report.add(100 * own.rates.wide / bare.wide, .httpShare)
    }

    private typealias Rates = (single: Double, wide: Double, batch: Double)

    private func measureEmpty(_ loads: Loads) async throws -> Rates {
        let empty = try MeasuredProgram(Self.program("stepstream-bench"), ["answer"], environment: Self.environment, port: 0)
        defer { empty.stop() }
        try await empty.waitUntilReady()
        return try (
            loads.single.rate(port: empty.port), loads.wide.rate(port: empty.port), Double(Self.lines) * loads.batch.rate(port: empty.port)
        )
    }

    /// The CPU is that of the 64 connections.
    private func measure(
        _ server: MeasuredProgram,
        _ loads: Loads,
        _ stand: Stand
    ) async throws -> (rates: Rates, cpu: Double, redisCPU: Double, residentBytes: Double) {
        let single = try loads.single.rate(port: server.port)
        let (cpu, info) = (try server.cpu(), try await stand.info())
        let wide = try loads.wide.rate(port: server.port)
        let submitted = wide * Double(plan.loadSeconds)
        let used = (try server.cpu() - cpu) / submitted
        let redis = (try await stand.info().cpu - info.cpu) / submitted
        let batch = Double(Self.lines) * (try loads.batch.rate(port: server.port))
        return ((single, wide, batch), used, redis, try server.residentBytes())
    }

    /// The server as an operator starts it, on the Redis of `stand`.
    private static func serving<Result>(
        _ stand: Stand,
        _ body: (MeasuredProgram) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stepstream-bench-serve-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let definition = "type: benchmark\nsteps:\n  - name: work\n    handler: { swift: nothing }\n"
        try Data(definition.utf8).write(to: folder.appending(path: "benchmark.yaml"))
        let port = try BoundPort.free()
        var environment = Self.environment
        environment["STEPSTREAM_REDIS_URL"] = "unix://" + stand.socket
        environment["STEPSTREAM_HTTP_PORT"] = String(port)
        environment["STEPSTREAM_DEFINITIONS_FOLDER"] = folder.path
        environment["STEPSTREAM_LOG_LEVEL"] = "error"
        let server = try MeasuredProgram(program("stepstream"), ["serve"], environment: environment, port: port)
        defer { server.stop() }
        try await server.waitUntilReady()
        return try await body(server)
    }

    static let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]

    /// A program of the same build as this one.
    static func program(_ name: String) throws -> String {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let path = folder.appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Wrong("\(name) is not built: swift build -c release --product \(name)")
        }
        return path
    }
}
