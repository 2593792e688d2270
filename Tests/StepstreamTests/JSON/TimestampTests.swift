import Testing

@testable import Stepstream
@testable import StepstreamJSON

@Suite("Times on the wire")
struct TimestampTests {
    @Test(
        "RFC 3339 is read and written",
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("2026-01-02T03:04:05.678Z", 1_767_323_045_678),
            ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
            ("1969-12-31T23:59:59.999Z", -1), ("2000-03-01T00:00:00.000Z", 951_868_800_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)]
    )
    func bothWays(text: String, count: Int64) {
        #expect(Timestamp.text(Milliseconds(count)) == text)
        #expect(Timestamp.parse(text) == Milliseconds(count))
    }

    @Test(
        "Offsets, fractions and small letters are understood",
        arguments: [
            ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T23:30:00-00:30", 0), ("1970-01-01t00:00:00.5z", 500),
            ("1970-01-01T00:00:00.123456789Z", 123), ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ] as [(String, Int64)]
    )
    func spellings(text: String, count: Int64) {
        #expect(Timestamp.parse(text) == Milliseconds(count))
    }

    @Test(
        "What is no time is refused",
        arguments: [
            "", "2026-01-02", "2026-01-02T03:04:05", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-02T24:00:00Z",
            "2026-01-02T00:60:00Z", "2026-01-02T00:00:61Z", "2026-01-02 00:00:00Z", "2026-1-2T00:00:00Z", "2026-01-02T00:00:00.Z",
            "2026-01-02T00:00:00+0100", "2026-01-02T00:00:00Zx", "２026-01-02T00:00:00Z",
        ]
    )
    func notTimes(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test("Every day of 800 years comes back as itself")
    func days() {
        for day in Int64(-146_097)...146_097 {
            let date = CivilDate(days: day)
            guard date.days == day, date.isReal else {
                Issue.record("day \(day)")
                return
            }
        }
    }

    @Test("HTTP dates are IMF-fixdate")
    func httpDate() {
        #expect(HTTPDate.text(Milliseconds(784_111_777_000)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(Milliseconds(-1)) == "Wed, 31 Dec 1969 23:59:59 GMT")
    }
}
