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
        let (days, rest) = CivilDate.split(time)
        let date = CivilDate(days: days)
        let seconds = rest / 1000
        text.write(date.year / 100, at: 0, before: nil)
        text.write(date.year % 100, at: 2, before: "-")
        text.write(date.month, at: 5, before: "-")
        text.write(date.day, at: 8, before: "T")
        text.write(seconds / 3600, at: 11, before: ":")
        text.write(seconds / 60 % 60, at: 14, before: ":")
        text.write(seconds % 60, at: 17, before: ".")
        text.write(rest % 1000 / 10, at: 20, before: nil)
        text[22] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        text[23] = UInt8(ascii: "Z")
    }

    /// A `date-time` of RFC 3339 §5.6, with any offset; fractions below a millisecond are dropped. A leap second is the second after it.
    package static func parse(_ text: String) -> Milliseconds? {
        var text = Array(text.utf8)[...]
        guard let year = number(&text, count: 4), skip("-", in: &text), let month = number(&text, count: 2), skip("-", in: &text),
            let day = number(&text, count: 2),
            skip("T", in: &text) || skip("t", in: &text), let hour = number(&text, count: 2), skip(":", in: &text),
            let minute = number(&text, count: 2),
            skip(":", in: &text), let second = number(&text, count: 2), let fraction = fraction(&text), let offset = offset(&text),
            text.isEmpty
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.isReal, hour < 24, minute < 60, second <= 60 else { return nil }
        let minutes = date.days * 1440 + hour * 60 + minute - offset
        return Milliseconds((minutes * 60 + second) * 1000 + fraction)
    }

    private static func number(_ text: inout ArraySlice<UInt8>, count: Int) -> Int64? {
        guard text.count >= count else { return nil }
        var number: Int64 = 0
        for byte in text.prefix(count) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        text = text.dropFirst(count)
        return number
    }

    private static func skip(_ character: Unicode.Scalar, in text: inout ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, UInt32(first) == character.value else { return false }
        text = text.dropFirst()
        return true
    }

    private static func fraction(_ text: inout ArraySlice<UInt8>) -> Int64? {
        guard skip(".", in: &text) else { return 0 }
        var milliseconds: Int64 = 0
        var count = 0
        while let digit = number(&text, count: 1) {
            if count < 3 { milliseconds = milliseconds * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 3)..<3 { milliseconds *= 10 }
        return milliseconds
    }

    /// In minutes east of Greenwich.
    private static func offset(_ text: inout ArraySlice<UInt8>) -> Int64? {
        if skip("Z", in: &text) || skip("z", in: &text) { return 0 }
        let sign: Int64
        if skip("+", in: &text) {
            sign = 1
        } else if skip("-", in: &text) {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(&text, count: 2), skip(":", in: &text), let minutes = number(&text, count: 2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
