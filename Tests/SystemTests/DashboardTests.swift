import ChildProcesses
import Foundation
import Stepstream
import Testing

/// The dashboard in a real Chromium, driven by Tests/Clients/dashboard.py; scripts/install brings both.
@Suite("Dashboard in a browser", .serialized, .timeLimit(.minutes(5)))
struct DashboardTests {
    private static let payload = #"\"'><script>window.hacked = 1</script><img src=x onerror=\"window.hacked = 1\">"#

    private static let definitions = [
        "order": """
        type: order
        steps:
          - name: first
            handler: { http: { url: "HANDLERS/first" } }
          - name: slow
            handler: { http: { url: "HANDLERS/slow" } }
        """,
        "payment": """
        type: payment
        steps:
          - name: pay
            queue: payments
            handler: { http: { url: "HANDLERS/pay" } }
            onUnknown: hold
        """,
        "evil": """
        type: evil
        steps:
          - name: good
            handler: { http: { url: "HANDLERS/good" } }
          - name: bad
            handler: { http: { url: "HANDLERS/bad" } }
        """,
    ]

    private static var root: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }

    @Test("Every page, live changes, every act; what was submitted stays text; other origins change nothing")
    func all() async throws {
        try await Installation.with(definitions: Self.definitions) { installation in
            let handlers = installation.handlers
            handlers.plan("/slow", .held())
            handlers.plan("/pay", .cut)
            handlers.plan("/good", .answer(body: #"{"said":"\#(Self.payload)"}"#))
            let problem = #"{"type":"https://x.example/\#(Self.payload)","title":"\#(Self.payload)","detail":"\#(Self.payload)"}"#
            handlers.plan("/bad", .answer(409, headers: [("content-type", "application/problem+json")], body: problem))
            let port = try #require(URL(string: handlers.url("/"))?.port)
            let settings = [
                "DASHBOARD_MODE": "on", "WEBHOOKS_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "WEBHOOKS_SCHEME": "http",
                "WEBHOOKS_PORTS": "\(port)", "WEBHOOKS_ALLOW": "127.0.0.0/8",
            ]
            let api = try await installation.serve(settings)
            _ = try await installation.work(settings)
            let python = "\(Self.root)/.build/clients/bin/python3"
            let client = try installation.start(
                shell:
                    "exec \(python) \(Self.root)/Tests/Clients/dashboard.py \(api.url) \(try handlers.url("/hook")) \(installation.folder)"
            )
            try await client.line(with: "RELEASE /slow")
            try await handlers.wait("/slow", count: 1)
            handlers.plan("/slow", .answer())
            handlers.release("/slow")
            try await client.line(with: "REPLAYED")
            try await handlers.wait("/hook", count: 2)
            let (end, output, errors) = try await client.finished()
            #expect(end == .exited(0), "\(errors)")
            let parts = ["pages", "live", "lists", "acts", "bulk", "queues", "webhooks", "payloads", "keys", "widths", "foreign"]
            #expect(output.split(separator: "\n").map(String.init) == parts, "\(errors)")
        }
    }
}
