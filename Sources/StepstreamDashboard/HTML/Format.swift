import FoundationEssentials
import Stepstream
import StepstreamAPI

/// Numbers as people read them.
enum Format {
    /// `12 345`, with narrow spaces.
    static func count(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.utf8.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (number < 0 ? "−" : "") + groups.joined(separator: "\u{202F}")
    }

    /// Two decimals at most, with a point.
    static func decimal(_ number: Double) -> String {
        guard number.isFinite else { return "0" }
        let hundredths = Int((number * 100).rounded())
        let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return sign + String(whole) }
        return sign + String(whole) + (rest % 10 == 0 ? "." + String(rest / 10) : rest < 10 ? ".0" + String(rest) : "." + String(rest))
    }

    /// A rate: two digits that count.
    static func rate(_ number: Double) -> String {
        if number >= 100 { return count(Int(number.rounded())) }
        return decimal(number >= 10 ? (number * 10).rounded() / 10 : number)
    }

    /// A length of time in its two largest units: `340 ms`, `1.24 s`, `3 m 20 s`, `2 h 5 m`, `4 d 3 h`.
    static func span(_ time: Milliseconds) -> String {
        let count = max(0, time.count)
        if count < 1000 { return "\(count) ms" }
        if count < 60_000 { return decimal(Double(count) / 1000) + " s" }
        let seconds = count / 1000
        if seconds < 3600 { return pair(seconds / 60, unit: "m", small: seconds % 60, smallUnit: "s") }
        if seconds < 86_400 { return pair(seconds / 3600, unit: "h", small: seconds / 60 % 60, smallUnit: "m") }
        return pair(seconds / 86_400, unit: "d", small: seconds / 3600 % 24, smallUnit: "h")
    }

    private static func pair(_ large: Int64, unit: String, small: Int64, smallUnit: String) -> String {
        small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(smallUnit)"
    }
}
