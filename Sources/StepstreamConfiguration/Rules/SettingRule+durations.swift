extension SettingRule<Duration> {
    /// A length of time with its unit.
    static func duration(in range: ClosedRange<Duration>) -> SettingRule {
        let bounds = "from \(range.lowerBound.settingText) to \(range.upperBound.settingText)"
        return .init(allowed: "a duration such as 250ms, 5s, 1.5s, 2m, 1h or 7d, \(bounds)") { text throws(SettingRefusal) in
            let value = try duration(text)
            guard range.contains(value) else { throw SettingRefusal("is out of range") }
            return value
        }
    }

    private static func duration(_ text: String) throws(SettingRefusal) -> Duration {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let name = text[number.endIndex...]
        guard !number.isEmpty else { throw SettingRefusal("is not a duration") }
        guard !name.isEmpty else { throw SettingRefusal("has no unit") }
        guard let unit = Duration.units.first(where: { $0.name == name })?.milliseconds else { throw SettingRefusal("is not a duration") }
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        try parts[0].checkDigits("a duration")
        guard let whole = Int64(parts[0]), whole <= Duration.longestSetting / unit else { throw SettingRefusal("is out of range") }
        guard parts.count == 2 else { return .milliseconds(whole * unit) }
        return .milliseconds(whole * unit + (try fraction(parts[1], of: unit)))
    }

    /// The milliseconds of the digits behind the point.
    private static func fraction(_ digits: Substring, of unit: Int64) throws(SettingRefusal) -> Int64 {
        guard digits.isDigits else { throw SettingRefusal("is not a duration") }
        guard digits.count <= 9, let number = Int64(digits) else { throw SettingRefusal("has more than nine decimals") }
        let scale = digits.reduce(Int64(1)) { scale, _ in scale * 10 }
        guard number * unit % scale == 0 else { throw SettingRefusal("is not a whole number of milliseconds") }
        return number * unit / scale
    }
}

extension Duration {
    fileprivate static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// In milliseconds: far more than any setting takes, and far less than what overflows.
    fileprivate static let longestSetting: Int64 = 1 << 50

    /// The duration in the largest unit that divides it.
    package var settingText: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "0s" }
        let unit = Self.units.last { milliseconds % $0.milliseconds == 0 } ?? ("ms", 1)
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}
