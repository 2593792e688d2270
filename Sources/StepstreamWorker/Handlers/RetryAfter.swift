import FoundationEssentials
import NIOHTTP1
import Stepstream

/// When a service wants to be asked again (RFC 9110 §10.2.3): in so many seconds, or at a date.
struct RetryAfter {
    /// No service can put a step off for longer than a day at a time.
    static let longest = Milliseconds(86_400_000)

    private enum Form {
        case delay(seconds: Int64)
        case date(unixSeconds: Int64)
    }

    private let form: Form
    /// The service's own clock, if it sent it: its date is meant by that one.
    private let sentAt: Int64?

    /// The field, if it is there and can be read.
    init?(_ headers: HTTPHeaders) {
        guard let text = headers.first(name: "Retry-After")?.trimmed() else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            form = .delay(seconds: Int64(text) ?? .max)
        } else if let date = HTTPDate.parse(text) {
            form = .date(unixSeconds: date)
        } else {
            return nil
        }
        sentAt = headers.first(name: "Date").flatMap { HTTPDate.parse($0.trimmed()) }
    }

    /// How long to wait, given that it is `now`.
    func delay(now: Date) -> Milliseconds {
        let seconds =
            switch form {
            case .delay(let seconds): seconds
            case .date(let date): date - (sentAt ?? Int64(now.timeIntervalSince1970))
            }
        return Milliseconds(min(max(seconds, 0), Self.longest.count / 1000) * 1000)
    }
}

extension String {
    fileprivate func trimmed() -> String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

/// The dates of HTTP (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`, and the two obsolete forms that must be understood.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The Unix time in seconds; nil if `text` is not a date of HTTP.
    static func parse(_ text: String) -> Int64? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "-" || $0 == "," })
        switch words.count {
        case 6 where words[5] == "GMT":
            return time(day: words[1], month: words[2], year: words[3], clock: words[4])
        case 5:
            // asctime: Sun Nov  6 08:49:37 1994
            return time(day: words[2], month: words[1], year: words[4], clock: words[3])
        default:
            return nil
        }
    }

    private static func time(day: Substring, month: Substring, year: Substring, clock: Substring) -> Int64? {
        guard let day = Int64(day), (1...31).contains(day), let index = months.firstIndex(of: String(month)) else { return nil }
        guard var full = Int64(year), full >= 0, full < 10_000 else { return nil }
        // RFC 850 dates have two digits; they stand for 1970-2069 until someone is still sending them then.
        if year.count == 2 { full += full < 70 ? 2000 : 1900 }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2] else { return nil }
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second) else { return nil }
        return days(year: full, month: Int64(index + 1), day: day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
