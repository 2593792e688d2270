import FoundationEssentials
import NIOHTTP1
import Stepstream
import Testing

@testable import StepstreamWorker

@Suite("Retry-After")
struct RetryAfterTests {
    private func delay(_ value: String, date: String? = nil) -> Milliseconds? {
        var fields: HTTPHeaders = ["Retry-After": value]
        if let date { fields.add(name: "Date", value: date) }
        return RetryAfter(fields)?.delay(now: Date(timeIntervalSince1970: 784_111_777))
    }

    @Test(
        "Seconds",
        arguments: [("0", 0), ("120", 120_000), (" 3 ", 3000), ("86400", 86_400_000), ("86401", 86_400_000)] as [(String, Milliseconds)]
    )
    func seconds(value: String, expected: Milliseconds) {
        #expect(delay(value) == expected)
    }

    @Test("A delay that no number holds is the longest there is")
    func endless() {
        #expect(delay("99999999999999999999999") == RetryAfter.longest)
    }

    @Test(
        "All three forms of a date",
        arguments: ["Sun, 06 Nov 1994 08:49:38 GMT", "Sunday, 06-Nov-94 08:49:38 GMT", "Sun Nov  6 08:49:38 1994"]
    )
    func dates(value: String) {
        #expect(delay(value) == 1000)
        #expect(delay(value, date: "Sun, 06 Nov 1994 08:49:30 GMT") == 8000)
    }

    @Test("A date that has passed is now")
    func passed() {
        #expect(delay("Sat, 05 Nov 1994 08:49:38 GMT") == 0)
    }

    @Test(
        "What cannot be read is as if it were not there",
        arguments: ["", "soon", "-1", "1.5", "Sun, 06 Foo 1994 08:49:38 GMT", "Sun, 06 Nov 1994 25:49:38 GMT"]
    )
    func unreadable(value: String) {
        #expect(delay(value) == nil)
    }
}
