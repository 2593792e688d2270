import Foundation
import Glibc
import Stepstream
import StepstreamTesting
import Testing

/// Clients of others' making: curl, Python's httpx-sse and websockets, and a browser. scripts/install brings what they need.
@Suite("Every channel tells the same", .serialized, .timeLimit(.minutes(5)))
struct ChannelTests {
    private static let steps = 6

    private static let definition =
        "type: long\nsteps:\n"
        + (1...steps).map { "  - name: s\($0)\n    handler: { http: { url: \"HANDLERS/s\($0)\" } }\n" }.joined()

    private static var root: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }

    private static func numbers(_ text: some StringProtocol) -> [Int] {
        text.split { $0 == "\n" || $0 == "," }.compactMap { Int($0) }
    }

    @Test("Connections cut at random places, the API and Redis killed in between: the same list without a gap", arguments: [1, 2])
    func gapless(seed: Int) async throws {
        let redis = try await RedisServer.start()
        try await Installation.with(definitions: ["long": Self.definition], redis: redis.url) { installation in
            installation.handlers.plan("/s3", .held())
            let api = try await installation.serve()
            let port = try #require(api.url.split(separator: ":").last.map(String.init))
            let id = try await api.submit("long")
            let python = "\(Self.root)/.build/clients/bin/python3"
            let folder = "\(Self.root)/Tests/Clients"
            let proxy = try installation.start(shell: "exec \(python) \(folder)/cutting_proxy.py \(port) \(seed)")
            let line = try await proxy.line(with: "Relaying at 127.0.0.1:")
            let base = "http://127.0.0.1:" + (line.split(separator: ":").last.map(String.init) ?? "")
            let clients = try [
                "\(python) \(folder)/sse.py", "\(python) \(folder)/websocket.py", "bash \(folder)/curl.sh",
            ].map { try installation.start(shell: "exec \($0) \(base) \(id)") }
            let flags = "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir=\(installation.folder)/browser"
            let browser = "env HOME=\(installation.folder) chromium \(flags)"
            _ = try installation.start(shell: "exec \(browser) '\(base)/page?operation=\(id)' 2> /dev/null")

            _ = try await installation.work()
            _ = try await installation.handlers.wait("/s3", count: 1)
            try await api.program.killAll()
            let again = try await API(of: try installation.start(["serve", "--port", port]))
            await redis.kill9()
            try await redis.restart()
            installation.handlers.release("/s3")

            _ = try await again.patiently {
                try await $0.get("/v1/operations/\(id)")
            } until: {
                try $0.status == 200 && $0.json()["status"] == "Succeeded"
            }
            let count = try #require(try await again.operation(id).member("version")?.int64)
            #expect(count >= Int64(2 + 2 * Self.steps))
            let expected = Array(1...Int(count))
            for client in clients {
                let (end, output, errors) = try await client.finished()
                #expect(end == .exited(0), "\(errors)")
                #expect(Self.numbers(output) == expected, "\(errors)")
            }
            let shown = try await proxy.line(with: "browser ").dropFirst("browser ".count).split(separator: ";")
            #expect(shown.count == 2)
            for list in shown { #expect(Self.numbers(list) == expected) }
        }
        await redis.stop()
    }
}
