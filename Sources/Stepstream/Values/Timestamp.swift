/// Times on the wire: RFC 3339 with milliseconds, UTC.
package enum Timestamp {
    /// `2026-01-02T03:04:05.678Z`.
    package static func text(_ time: Milliseconds) -> String {
        let (days, rest) = CivilDate.split(time)
        let date = CivilDate(days: days)
        // Two or more of these are in every answer.
        let parts =
            [
                (date.year, 4, "-"), (date.month, 2, "-"), (date.day, 2, "T"), (rest / 3_600_000, 2, ":"), (rest / 60_000 % 60, 2, ":"),
                (rest / 1000 % 60, 2, "."), (rest % 1000, 3, "Z"),
            ] as [(Int64, Int, Unicode.Scalar)]
        return String(unsafeUninitializedCapacity: 24) { text in
            var end = 0
            for (number, count, mark) in parts {
                var rest = number
                for place in stride(from: end + count - 1, through: end, by: -1) {
                    text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                end += count
                text[end] = UInt8(ascii: mark)
                end += 1
            }
            return end
        }
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
