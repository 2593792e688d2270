import Stepstream
import Testing

@testable import StepstreamConfiguration

@Suite("The file of webhook receivers")
struct WebhooksFileTests {
    private static let secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"

    /// The receivers in `text`, or the faults without the path of the file.
    private func read(_ text: String, allowsHTTP: Bool = false) throws -> (endpoints: [WebhookEndpoint], faults: [String]) {
        var result: (endpoints: [WebhookEndpoint], faults: [String]) = ([], [])
        try Reading.withFile(text) { path in
            let file = WebhooksFile(path: path, allowsHTTP: allowsHTTP) { ["SECRET": Self.secret + "\n", "WRONG": "hunter2"][$0] }
            result = (file.endpoints, file.faults.map { "\($0.place.dropFirst(path.count + 1)): \($0.words)" })
        }
        return result
    }

    @Test("Receivers with their events and secrets")
    func valid() throws {
        let text = """
            endpoints:
              - name: shop
                url: https://shop.example/hook
                secrets: [env:SECRET]
              - { name: log, url: "https://log.example", events: all, secrets: [env:SECRET] }
            """
        let (endpoints, faults) = try read(text)
        #expect(faults.isEmpty)
        #expect(endpoints.map(\.name) == ["shop", "log"])
        #expect(endpoints.map(\.events) == [Event.Kind.terminal, Event.Kind.allCases])
        #expect(endpoints.allSatisfy { $0.secrets.count == 1 })
    }

    @Test("Every fault is named with its place and what is expected")
    func faults() throws {
        let text = """
            endpoints:
              - name: Shop
                url: http://shop.example
                event: all
                events: [operation.succeded]
                secrets: [env:NONE, env:WRONG, hunter2]
              - text
            other: 1
            """
        let (endpoints, faults) = try read(text)
        #expect(endpoints.isEmpty)
        let expected = [
            "8:1: other: there is no such key. Known: endpoints",
            "4:5: event: there is no such key. Did you mean events? Known: name, url, events, secrets",
            "2:11: name: must be 1 to 64 of a-z, 0-9, _ and -",
            "3:10: url: must begin with https://, unless webhooks.scheme is http",
            "5:13: events: must be all, or a list of ",
            "6:15: secrets: env:NONE does not exist; must name what holds whsec_",
            "6:25: secrets: what env:WRONG holds is not a secret; must be whsec_",
            "6:36: secrets: must be env:VARIABLE or file:/path, not the secret itself",
            "7:5: must have the keys name, url, events and secrets",
        ]
        #expect(faults.count == expected.count)
        for (fault, start) in zip(faults, expected) { #expect(fault.hasPrefix(start), "\(fault)") }
        #expect(!faults.joined().contains("hunter2"))
        #expect(try read("[]").faults == [": must be a list of receivers under endpoints:"])
        #expect(try read("endpoints: none").faults == ["1:12: endpoints: must be a list of receivers"])
    }
}
