import ChildProcesses
import Foundation
import Stepstream
import StepstreamTesting
import Testing

/// The service under clients that know it by its description alone. scripts/install brings them.
@Suite("The API keeps to its description", .serialized, .timeLimit(.minutes(5)))
struct DescriptionTests {
    private static let clients = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Clients").standardized.path
    private static let bin = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../.build/clients/bin").standardized
        .path

    private static let definitions = [
        "place-order": """
        type: place-order
        inputSchema:
          type: object
          required: [customer, lines]
          additionalProperties: false
          properties:
            customer: { type: string, minLength: 1, maxLength: 40 }
            lines: { type: array, minItems: 1, maxItems: 5, items: { $ref: "#/$defs/line" } }
          $defs:
            line:
              type: object
              required: [product]
              additionalProperties: false
              properties: { product: { type: integer, minimum: 1 }, quantity: { type: integer, minimum: 1, maximum: 1000 } }
        steps:
          - name: reserve
            mode: sync
            handler: { http: { url: "HANDLERS/reserve" } }
          - name: charge
            queue: payments
            handler: { http: { url: "HANDLERS/charge" } }
        """,
        // Nobody knows what its step did: it waits for a person, so that acts have something to act on.
        "held": """
        type: held
        steps:
          - name: pay
            handler: { exec: { command: ["/bin/sh", "-c", "kill -9 $$"] } }
            retry: { attempts: 1 }
            onUnknown: hold
        """,
    ]

    @Test("The descriptions are what they say, and every reference in them leads somewhere")
    func valid() async throws {
        try await Installation.with(definitions: Self.definitions) { installation in
            let api = try await installation.serve()
            _ = try await installation.work()
            let described = try await api.patiently {
                try await $0.get("/asyncapi.json")
            } until: {
                $0.body.contains("work.payments") && $0.body.contains("x-redis-streams")
            }
            #expect(try described.json()["asyncapi"] == "3.0.0")
            let check = "\(Self.bin)/python3 \(Self.clients)/descriptions.py \(api.url)"
            let (end, output, errors) = try await installation.shell("exec \(check)")
            #expect(end == .exited(0), "\(output) \(errors)")
        }
    }

    @Test("schemathesis finds no undeclared status, no 5xx and nothing else in a minute of examples, edges, random data and links")
    func schemathesis() async throws {
        try await Installation.with(definitions: Self.definitions) { installation in
            let secret = "whsec_" + Data("a secret of thirty-two characters".utf8).base64EncodedString()
            let settings = ["HTTP_LONG_POLL": "1s", "HTTP_WATCH_LIFE": "1s", "HTTP_INLINE_BUDGET": "1s", "WEBHOOKS_SECRET": secret]
            let api = try await installation.serve(settings)
            _ = try await installation.work(settings)
            let environment = "SCHEMATHESIS_HOOKS=schemathesis_hooks PYTHONPATH=\(Self.clients)"
            let flags = "--no-color --config-file \(Self.clients)/schemathesis.toml"
            let run = "\(Self.bin)/schemathesis \(flags) run \(api.url)/openapi.json --seed 1 -n 20 --max-time 60"
            let (end, output, errors) = try await installation.shell("exec env \(environment) \(run)")
            #expect(end == .exited(0), "\(output.suffix(12_000)) \(errors)")
            // Also what was answered in time must not have been a fault of ours.
            #expect(!api.program.errors.contains(" error "), "\(api.program.errors.suffix(4000))")
        }
    }
}
