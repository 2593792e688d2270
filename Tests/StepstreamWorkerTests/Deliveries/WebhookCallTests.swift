import Logging
import Stepstream
import Testing

@testable import StepstreamWorker

@Suite("Calls of receivers")
struct WebhookCallTests {
    private func answer(_ found: [String], to url: String = "http://hooks.example:9/") async throws -> WebhookCall.Answer {
        let addresses = found.compactMap { IPAddress($0) }
        let call = WebhookCall(
            resolver: HostResolver(addresses: { _ in addresses }),
            addresses: AddressPolicy(),
            timeLimit: .seconds(1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let event = Event(sequence: 1, time: 1, kind: .succeeded, data: .emptyObject)
        let id = try #require(OperationID("one"))
        let claim = ClaimedDelivery(operation: id, number: 1, endpoint: "a", url: url, event: event, tries: 0, epoch: 1)
        return await call.send(WebhookMessage(claim, source: "s", secrets: [secret], time: 1), to: try WebhookURL(url))
    }

    @Test(
        "One inner address among those of a name refuses the name",
        arguments: [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:10.0.0.1"]]
    )
    func refused(_ found: [String]) async throws {
        guard case .fault(let words) = try await answer(found) else { return _ = Issue.record("It was called") }
        #expect(words.hasPrefix("Nothing is sent to the host's address"))
    }

    @Test("A name without addresses, and an inner address instead of a name, are told in words")
    func others() async throws {
        let nowhere = try await answer([])
        #expect(nowhere == .fault("The host's name leads to no address."))
        guard case .fault(let words) = try await answer(["8.8.8.8"], to: "http://169.254.169.254/latest") else {
            return _ = Issue.record("It was called")
        }
        #expect(words.contains("link-local"))
    }

    @Test("The system's own lookup finds this machine")
    func lookup() async throws {
        let found = try await HostResolver().addresses("localhost")
        #expect(found.contains { $0.description == "127.0.0.1" || $0.description == "0:0:0:0:0:0:0:1" })
    }
}
