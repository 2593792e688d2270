import FoundationEssentials
import NIOHTTP1
import Stepstream

/// When a service wants to be asked again (RFC 9110 §10.2.3): in so many seconds, or at a date.
struct RetryAfter {
    /// No service can put a step off for longer than a day at a time.
    static let longest = Milliseconds(86_400_000)

    private enum Form {
        case delay(seconds: Int64)
        case date(Milliseconds)
    }

    private let form: Form
    /// The service's own clock, if it sent it: its date is meant by that one.
    private let sentAt: Milliseconds?

    /// The field, if it is there and can be read.
    init?(_ headers: HTTPHeaders) {
        guard let text = headers.first(name: "Retry-After")?.trimmed() else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            form = .delay(seconds: Int64(text) ?? .max)
        } else if let date = HTTPDate.parse(text) {
            form = .date(date)
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
            case .date(let date): date.count / 1000 - (sentAt.map { $0.count / 1000 } ?? Int64(now.timeIntervalSince1970))
            }
        return Milliseconds(min(max(seconds, 0), Self.longest.count / 1000) * 1000)
    }
}

extension String {
    fileprivate func trimmed() -> String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
