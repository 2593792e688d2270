/// Times on the wire: RFC 3339 with milliseconds, UTC.
package enum Timestamp {
    /// The bytes of such a text.
    static let length = 24

    /// `2026-01-02T03:04:05.678Z`.
    package static func text(_ time: Milliseconds) -> String {
        String(unsafeUninitializedCapacity: length) { text in
            write(time, to: text)
            return length
        }
    }

    /// Writes the first `length` bytes of `text`. Two or more of these are in every answer.
    static func write(_ time: Milliseconds, to text: UnsafeMutableBufferPointer<UInt8>) {
        let (days, rest) = split(time)
        let date = CivilDate(days: days)
        let seconds = rest / 1000
        write(date.year / 100, to: text, at: 0, before: nil)
        write(date.year % 100, to: text, at: 2, before: "-")
        write(date.month, to: text, at: 5, before: "-")
        write(date.day, to: text, at: 8, before: "T")
        write(seconds / 3600, to: text, at: 11, before: ":")
        write(seconds / 60 % 60, to: text, at: 14, before: ":")
        write(seconds % 60, to: text, at: 17, before: ".")
        write(rest % 1000 / 10, to: text, at: 20, before: nil)
        text[22] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        text[23] = UInt8(ascii: "Z")
    }

    /// Two digits, and what follows them.
    private static func write(_ number: Int64, to text: UnsafeMutableBufferPointer<UInt8>, at place: Int, before mark: Unicode.Scalar?) {
        text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10 % 10)
        text[place + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
        if let mark { text[place + 2] = UInt8(ascii: mark) }
    }

    /// IMF-fixdate (RFC 9110 §5.6.7), in whole seconds.
    package static func httpDate(_ time: Milliseconds) -> String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (days, rest) = split(time)
        let date = CivilDate(days: days)
        let clock = "\(digits(rest / 3_600_000, 2)):\(digits(rest / 60_000 % 60, 2)):\(digits(rest / 1000 % 60, 2))"
        let weekday = weekdays[Int(((days % 7) + 7) % 7)]
        return "\(weekday), \(digits(date.day, 2)) \(months[Int(date.month) - 1]) \(digits(date.year, 4)) \(clock) GMT"
    }

    /// A `date-time` of RFC 3339 §5.6, with any offset; fractions below a millisecond are dropped. A leap second is the second after it.
    package static func parse(_ text: String) -> Milliseconds? {
        var text = Array(text.utf8)[...]
        guard let year = number(&text, 4), skip("-", &text), let month = number(&text, 2), skip("-", &text), let day = number(&text, 2),
            skip("T", &text) || skip("t", &text), let hour = number(&text, 2), skip(":", &text), let minute = number(&text, 2),
            skip(":", &text), let second = number(&text, 2), let fraction = fraction(&text), let offset = offset(&text), text.isEmpty
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.isReal, hour < 24, minute < 60, second <= 60 else { return nil }
        let minutes = date.days * 1440 + hour * 60 + minute - offset
        return Milliseconds((minutes * 60 + second) * 1000 + fraction)
    }

    private static func split(_ time: Milliseconds) -> (days: Int64, rest: Int64) {
        let rest = ((time.count % 86_400_000) + 86_400_000) % 86_400_000
        return ((time.count - rest) / 86_400_000, rest)
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    private static func number(_ text: inout ArraySlice<UInt8>, _ count: Int) -> Int64? {
        guard text.count >= count else { return nil }
        var number: Int64 = 0
        for byte in text.prefix(count) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        text = text.dropFirst(count)
        return number
    }

    private static func skip(_ character: Unicode.Scalar, _ text: inout ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, UInt32(first) == character.value else { return false }
        text = text.dropFirst()
        return true
    }

    private static func fraction(_ text: inout ArraySlice<UInt8>) -> Int64? {
        guard skip(".", &text) else { return 0 }
        var milliseconds: Int64 = 0
        var count = 0
        while let digit = number(&text, 1) {
            if count < 3 { milliseconds = milliseconds * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 3)..<3 { milliseconds *= 10 }
        return milliseconds
    }

    /// In minutes east of Greenwich.
    private static func offset(_ text: inout ArraySlice<UInt8>) -> Int64? {
        if skip("Z", &text) || skip("z", &text) { return 0 }
        let sign: Int64
        if skip("+", &text) {
            sign = 1
        } else if skip("-", &text) {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(&text, 2), skip(":", &text), let minutes = number(&text, 2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

/// A day of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that is `days` after 1970-01-01.
    init(days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// How many days after 1970-01-01 it is.
    var days: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Whether the calendar has it.
    var isReal: Bool {
        guard (1...12).contains(month), (1...31).contains(day) else { return false }
        let same = CivilDate(days: days)
        return same.year == year && same.month == month && same.day == day
    }
}
