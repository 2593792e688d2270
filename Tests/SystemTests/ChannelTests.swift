import ChildProcesses
import Foundation
import Glibc
import NIOHTTP1
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
            let hook = try installation.handlers.url("/hook")
            installation.handlers.plan("/hook", .answer(503), .answer(204))
            let settings = [
                "WEBHOOKS_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "WEBHOOKS_SCHEME": "http", "WEBHOOKS_ALLOW": "127.0.0.0/8",
                "WEBHOOKS_PORTS": String(try #require(URL(string: hook)?.port)),
            ]
            let api = try await installation.serve(settings)
            let port = try #require(api.url.split(separator: ":").last.map(String.init))
            let events = ["operation.accepted", "operation.started", "operation.succeeded", "step.started", "step.succeeded"]
            let kinds = events.map { #""stepstream.\#($0)""# }.joined(separator: ",")
            let body = #"{"type":"long","input":{},"callback":{"url":"\#(hook)","events":[\#(kinds)]}}"#
            let id = try #require(try await api.send(.POST, "/v1/operations", body: body).json()["id"])
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

            _ = try await installation.work(settings)
            _ = try await installation.handlers.wait("/s3", count: 1)
            try await api.program.killAll()
            let again = try await API(of: try installation.start(["serve", "--port", port], settings: settings))
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
            _ = try await again.patiently {
                try await $0.get("/v1/operations/\(id)/deliveries")
            } until: { answer in
                let states = try answer.json().member("deliveries")?.elements.map { $0["state"] }
                return states == Array(repeating: "delivered", count: expected.count)
            }
            // Deliveries may overtake each other, and come again; each has its number.
            let told = try installation.handlers.calls("/hook").map { try $0.json()["sequence"].flatMap { Int($0) } }
            #expect(Set(told) == Set(expected))
            let shown = try await proxy.line(with: "browser ").dropFirst("browser ".count).split(separator: ";")
            #expect(shown.count == 2)
            for list in shown { #expect(Self.numbers(list) == expected) }
        }
        await redis.stop()
    }
}
