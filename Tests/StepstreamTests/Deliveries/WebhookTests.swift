import Stepstream
import Testing

@Suite("Webhooks as values")
struct WebhookTests {
    @Test("the signature of the specification's example")
    func vector() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let body = #"{"test": 2432232314}"#
        let signature = secret.signature(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: body.utf8)
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
        #expect(secret.accepts("v1,AAAA v2,x \(signature)", id: id, timestamp: 1_614_265_330, body: body.utf8))
        #expect(!secret.accepts(signature, id: id, timestamp: 1_614_265_331, body: body.utf8))
        #expect(!secret.accepts(signature, id: id, timestamp: 1_614_265_330, body: "{}".utf8))
        #expect("\(secret)" == "whsec_…")
    }

    @Test("secrets have 24 to 64 bytes", arguments: ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_!!!"])
    func secrets(_ text: String) {
        #expect(WebhookSecret(text) == nil)
    }

    @Test("URLs are taken apart once, and dialled as they were read")
    func urls() throws {
        let url = try WebhookURL("HTTPS://Example.COM/a?b=c")
        #expect(url.host == "example.com" && url.port == 443 && url.isSecure && url.place == "example.com/443")
        #expect(url.dialled == "https://example.com:443/a?b=c")
        let other = try WebhookURL("http://[2606:4700::1]:8080?x")
        #expect(other.dialled == "http://[2606:4700::1]:8080/?x" && other.place == "[2606-4700--1]/8080" && !other.isSecure)
        #expect(try WebhookURL("https://1.1.1.1").address == IPAddress("1.1.1.1"))
    }

    @Test(
        "what could be read differently by another is no URL",
        arguments: [
            "", "/path", "ftp://a.example", "https://", "https:///x", "https://user@a.example", "https://user:pw@a.example/",
            "https://a.example#x", "https://a.example:0", "https://a.example:65536", "https://a.example:", "https://a.example:08",
            "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0177.0.0.1/", "https://1.2.3.4.5/", "https://a..b/",
            "https://a.example./", "https://[::1", "https://[fe80::1%25eth0]/", "https://[1.2.3.4]/", "https://a b/",
            "https://a.example\\@b/",
            "https://ä.example/", "https://a%2eexample/", "https://-a.example/", "https://a.example/\n",
            "https://a.example/" + String(repeating: "x", count: 2048),
        ]
    )
    func noURLs(_ text: String) {
        #expect(throws: WebhookURL.Fault.self) { try WebhookURL(text) }
    }

    @Test("tries go on for about three days, later by a tenth at most, and not before the receiver wants them")
    func schedule() {
        var total: Int64 = 0
        for tries in 1..<DeliverySchedule.tries {
            let low = DeliverySchedule.wait(after: tries, random: 0)?.count ?? 0
            let high = DeliverySchedule.wait(after: tries, random: 1)?.count ?? 0
            #expect(low > 0 && high == low + low / 10)
            total += low
        }
        #expect((70...78).contains(total / 3_600_000))
        #expect(DeliverySchedule.wait(after: DeliverySchedule.tries, random: 0) == nil)
        #expect(DeliverySchedule.wait(after: 1, retryAfter: 120_000, random: 0) == 120_000)
        #expect(DeliverySchedule.wait(after: 2, retryAfter: 1000, random: 0) == 300_000)
        #expect(DeliverySchedule.wait(after: 1, retryAfter: 900_000_000, random: 0) == 86_400_000)
    }

    @Test("an ID has no point and does not show the operation's; another event or receiver has another")
    func ids() throws {
        let event = Event(sequence: 3, time: 5, kind: .succeeded, data: .emptyObject)
        let claim = ClaimedDelivery(
            operation: try #require(OperationID("mine")),
            number: 1,
            endpoint: "a",
            url: nil,
            event: event,
            tries: 0,
            epoch: 1
        )
        var again = claim
        again.epoch = 2
        again.tries = 4
        var other = claim
        other.endpoint = "b"
        #expect(claim.webhookID == again.webhookID && claim.webhookID != other.webhookID)
        #expect(claim.webhookID.hasPrefix("msg_") && !claim.webhookID.contains("mine") && !claim.webhookID.contains("."))
    }
}
