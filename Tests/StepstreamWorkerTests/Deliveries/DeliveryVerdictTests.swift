import Stepstream
import Testing

@testable import StepstreamWorker

@Suite("What an answer means for a delivery")
struct DeliveryVerdictTests {
    private func outcome(_ answer: WebhookCall.Answer, tries: Int = 1) -> DeliveryOutcome {
        DeliveryOutcome(answer, tries: tries, configured: "https://a.example/", random: 0)
    }

    @Test("2xx is success, and ends a row of failures", arguments: [200, 201, 202, 204, 299])
    func success(_ status: Int) {
        #expect(outcome(.status(status, retryAfter: nil)) == DeliveryOutcome(.delivered, status: status, fault: nil, pause: nil))
    }

    @Test("All else is failure and is tried again", arguments: [100, 199, 300, 301, 304, 400, 401, 404, 409, 500])
    func failure(_ status: Int) {
        let outcome = outcome(.status(status, retryAfter: nil))
        #expect(outcome.fate == .again(after: 5000) && outcome.pause == 0 && outcome.status == status)
    }

    @Test("A receiver that is busy is left alone", arguments: [429, 502, 503, 504])
    func busy(_ status: Int) {
        #expect(outcome(.status(status, retryAfter: nil)).pause == 5000)
        let asked = outcome(.status(status, retryAfter: 60_000))
        #expect(asked.pause == 60_000 && asked.fate == .again(after: 60_000))
    }

    @Test("Retry-After counts with any failure")
    func retryAfter() {
        let asked = outcome(.status(500, retryAfter: 60_000))
        #expect(asked.pause == 60_000 && asked.fate == .again(after: 60_000))
    }

    @Test("410 disables; no answer is tried again; after the last try it is given up")
    func others() {
        #expect(outcome(.status(410, retryAfter: nil)).fate == .disabled(configured: "https://a.example/"))
        let silent = outcome(.fault("No answer."))
        #expect(silent.fate == .again(after: 5000) && silent.pause == 5000 && silent.fault == "No answer.")
        #expect(outcome(.fault("No answer."), tries: DeliverySchedule.tries).fate == .exhausted)
    }

    @Test("No receiver has more than its share of tries, nor all together more than there are")
    func slots() {
        let slots = DeliverySlots(total: 5, each: 2)
        #expect(
            [slots.take(for: "a"), slots.take(for: "a"), slots.take(for: "b"), slots.take(for: "c"), slots.take(for: "d")] == [
                2, 0, 2, 1, 0,
            ]
        )
        slots.giveBack(1, of: "a")
        #expect(slots.take(for: "d") == 1)
    }

    @Test("A large event leaves its data behind")
    func large() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let id = try #require(OperationID("one"))
        var event = Event(sequence: 3, time: 5, kind: .succeeded, data: JSONText(trusted: #"{"small":1}"#))
        var claim = ClaimedDelivery(operation: id, number: 1, endpoint: "a", url: nil, event: event, tries: 0, epoch: 1)
        let small = WebhookMessage(claim, source: "https://s.example", secrets: [secret], time: 7)
        #expect(small.body.contains(#""small":1"#))
        event.data = .object(["large": .string(String(repeating: "x", count: 30_000))])
        claim.event = event
        let large = WebhookMessage(claim, source: "https://s.example", secrets: [secret, secret], time: 7)
        #expect(large.body.utf8.count < WebhookMessage.bodyLimit && large.body.contains("https://s.example/v1/operations/one"))
        #expect(large.headers.map(\.0) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(large.headers[1].1 == "7" && large.headers[2].1.split(separator: " ").count == 2)
    }
}
