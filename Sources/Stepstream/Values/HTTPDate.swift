/// The dates of HTTP (RFC 9110 §5.6.7), in whole seconds.
package enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func text(_ time: Milliseconds) -> String {
        let (days, rest) = CivilDate.split(time)
        let date = CivilDate(days: days)
        let seconds = rest / 1000
        // Byte by byte: many answers have such a date.
        return String(unsafeUninitializedCapacity: 29) { text in
            text.write(weekdays[Int(((days % 7) + 7) % 7)], at: 0, before: ",")
            text[4] = UInt8(ascii: " ")
            text.write(date.day, at: 5, before: " ")
            text.write(months[Int(date.month) - 1], at: 8, before: " ")
            text.write(date.year / 100, at: 12, before: nil)
            text.write(date.year % 100, at: 14, before: " ")
            text.write(seconds / 3600, at: 17, before: ":")
            text.write(seconds / 60 % 60, at: 20, before: ":")
            text.write(seconds % 60, at: 23, before: " ")
            text.write("GMT", at: 26, before: nil)
            return 29
        }
    }

    /// Reads IMF-fixdate and the two obsolete forms that must be understood; nil if `text` is none of them.
    package static func parse(_ text: String) -> Milliseconds? {
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

    private static func time(day: Substring, month: Substring, year: Substring, clock: Substring) -> Milliseconds? {
        guard let day = Int64(day), let index = months.firstIndex(of: String(month)) else { return nil }
        guard var full = Int64(year), full >= 0, full < 10_000 else { return nil }
        // RFC 850 dates have two digits; they stand for 1970-2069 until someone is still sending them then.
        if year.count == 2 { full += full < 70 ? 2000 : 1900 }
        let date = CivilDate(year: full, month: Int64(index + 1), day: day)
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
        guard date.isReal, parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2] else { return nil }
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second) else { return nil }
        return Milliseconds((date.days * 86_400 + hour * 3600 + minute * 60 + second) * 1000)
    }
}
