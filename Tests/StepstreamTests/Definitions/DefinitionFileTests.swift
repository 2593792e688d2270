import Stepstream
import StepstreamYAML
import Testing

@Suite("Definition files")
struct DefinitionFileTests {
    private func load(_ text: String, _ environment: [String: String] = [:]) -> DefinitionFile {
        DefinitionFile.load(name: "order.yaml", text: text) { environment[$0] }
    }

    @Test("reads all there is to write")
    func everything() throws {
        let file = load(
            """
            type: place-order
            description: Reserve stock, charge, ship.
            inputSchema: { type: object, required: [orderId], properties: { orderId: { type: integer, minimum: 1 } } }
            steps:
              - name: reserve-stock
                mode: sync
                queue: stock
                handler: { http: { url: "http://127.0.0.1:8091/reserve", method: PUT, headers: { X-Team: orders, X-Level: 3 } } }
                timeout: 5s
                retry: { attempts: 7, firstDelay: 200ms, factor: 2.5, maxDelay: 10s, jitter: none }
                undo: { handler: { http: { url: "https://localhost/release" } }, queue: undo, timeout: 1.5s, retry: { attempts: 20 } }
              - name: notify
                handler: { swift: notify-customer }
                undo: pivot
              - name: mail
                handler: { exec: { command: ["/usr/bin/env", "true", 5] } }
                undo: none
            """
        )
        #expect(file.faults == [])
        let expected = Definition(
            type: "place-order",
            description: "Reserve stock, charge, ship.",
            inputSchema: JSONText(
                trusted:
                    "{\"type\":\"object\",\"required\":[\"orderId\"],\"properties\":{\"orderId\":{\"type\":\"integer\",\"minimum\":1}}}"
            ),
            steps: [
                Step(
                    name: "reserve-stock",
                    mode: .sync,
                    queue: "stock",
                    handler: .http(
                        .init(method: "PUT", url: "http://127.0.0.1:8091/reserve", headers: ["X-Team": "orders", "X-Level": "3"])
                    ),
                    timeout: 5000,
                    retry: RetryPolicy(attempts: 7, firstDelay: 200, factor: 2.5, maxDelay: 10_000, jitter: .none),
                    undo: .handler(
                        .init(
                            handler: .http(.init(url: "https://localhost/release")),
                            queue: "undo",
                            timeout: 1500,
                            retry: RetryPolicy(attempts: 20)
                        )
                    )
                ),
                Step(name: "notify", handler: .swift("notify-customer"), undo: .pivot),
                Step(name: "mail", handler: .exec(command: ["/usr/bin/env", "true", "5"])),
            ]
        )
        #expect(file.definitions == [expected])
    }

    @Test("several documents are several definitions, empty ones none")
    func documents() {
        let file = load(
            "---\ntype: a\nsteps: [{ name: s, handler: { swift: h } }]\n---\n# nothing\n---\ntype: b\nsteps: [{ name: s, handler: { swift: h } }]\n"
        )
        #expect(file.faults == [])
        #expect(file.definitions.map(\.type) == ["a", "b"])
    }

    @Test("a fault in one document leaves the others their faults and definitions")
    func documentsWithFaults() {
        let file = load(
            "type: a\nsteps: []\n---\ntype: b\nsteps: [{ name: s, handler: { swift: h } }]\n---\ntype: C\nsteps: [{ name: s, handler: { swift: h } }]\n"
        )
        #expect(file.definitions.map(\.type) == ["b"])
        #expect(file.faults.map(\.line) == [2, 7])
    }

    @Test("anchors and aliases share what is written once")
    func aliases() {
        let file = load(
            "type: a\nsteps:\n  - { name: s, handler: { swift: h }, retry: &r { attempts: 3 } }\n  - { name: t, handler: { swift: h }, retry: *r }\n"
        )
        #expect(file.faults == [])
        #expect(file.definitions.first?.steps.map(\.retry.attempts) == [3, 3])
    }

    @Test("words that only YAML 1.1 takes for truth values stay words")
    func norway() {
        let file = load("type: no\nsteps: [{ name: on, handler: { swift: yes } }]\n")
        #expect(file.faults == [])
        #expect(file.definitions.first?.type == "no")
    }

    @Test(
        "reads times",
        arguments: [
            ("10ms", 10), ("250ms", 250), ("5s", 5000), ("1.5s", 1500), ("0.25m", 15_000), ("2m", 120_000), ("1h", 3_600_000),
            ("24h", 86_400_000), ("0.0005h", 1800),
        ]
    )
    func times(text: String, milliseconds: Int64) {
        let file = load("type: a\nsteps: [{ name: s, handler: { swift: h }, timeout: \(text) }]\n")
        #expect(file.faults == [])
        #expect(file.definitions.first?.steps[0].timeout.count == milliseconds)
    }

    @Test(
        "fills in variables of the environment",
        arguments: [
            ("http://${HOST}/x", "http://stock.example/x"), ("http://${NONE:-localhost}:${PORT:-80}/", "http://localhost:8091/"),
            ("http://${EMPTY:-localhost}/", "http://localhost/"),
            ("http://a${EMPTY}/", "http://a/"), ("http://a/$", "http://a/$"), ("http://a/$HOST", "http://a/$HOST"),
            ("http://a/${NONE:-}", "http://a/"), ("http://${HOST}${NONE:-/b:-c}", "http://stock.example/b:-c"),
        ]
    )
    func substitution(written: String, url: String) {
        let environment = ["HOST": "stock.example", "PORT": "8091", "EMPTY": ""]
        let file = load("type: a\nsteps: [{ name: s, handler: { http: { url: \"\(written)\" } } }]\n", environment)
        #expect(file.faults == [])
        #expect(file.definitions.first?.steps[0].handler == .http(.init(url: url)))
    }

    @Test("fills in header values and arguments too, and nothing else")
    func substitutionPlaces() {
        let file = load(
            """
            type: a
            description: costs ${PRICE}
            steps:
              - name: s
                handler: { http: { url: "http://a/", headers: { X-Price: "${PRICE}", X-Text: "$${PRICE}" } } }
              - name: t
                handler: { exec: { command: [/bin/pay, "--price=${PRICE}"] } }
            """,
            ["PRICE": "5 {}"]
        )
        #expect(file.faults == [])
        #expect(file.definitions.first?.description == "costs ${PRICE}")
        #expect(
            file.definitions.first?.steps.map(\.handler) == [
                .http(.init(url: "http://a/", headers: ["X-Price": "5 {}", "X-Text": "${PRICE}"])),
                .exec(command: ["/bin/pay", "--price=5 {}"]),
            ]
        )
    }

    @Test("what was filled in does not appear in a fault")
    func noSecrets() {
        let file = load(
            "type: a\nsteps: [{ name: s, handler: { http: { url: \"${SECRET}\", headers: { X-K: \"a${SECRET}\" } } } }]\n",
            ["SECRET": "hunter2\n"]
        )
        #expect(file.faults.count == 2)
        #expect(!file.faults.contains { $0.description.contains("hunter2") })
    }
}
