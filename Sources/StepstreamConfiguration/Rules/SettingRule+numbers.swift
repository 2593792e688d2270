import Stepstream

extension SettingRule<Int> {
    /// A whole number, in decimal digits.
    static func integer(in range: ClosedRange<Int>) -> SettingRule {
        .init(allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text throws(SettingRefusal) in
            try number(text, in: range)
        }
    }

    /// A number of bytes.
    static func bytes(in range: ClosedRange<Int>) -> SettingRule {
        .init(allowed: "a number of bytes from \(range.lowerBound) to \(range.upperBound)") { text throws(SettingRefusal) in
            try number(text, in: range)
        }
    }

    /// The number of a port.
    static var port: SettingRule { integer(in: 0...65_535) }

    static func number(_ text: String, in range: ClosedRange<Int>) throws(SettingRefusal) -> Int {
        try text.checkDigits("a whole number in decimal digits")
        guard let value = Int(text), range.contains(value) else { throw SettingRefusal("is out of range") }
        return value
    }
}

extension SettingRule<Double> {
    /// A part of a whole.
    static func share(in range: ClosedRange<Double>) -> SettingRule {
        .init(allowed: "a number from \(range.lowerBound) to \(range.upperBound)") { text throws(SettingRefusal) in
            let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            try String(parts[0]).checkDigits("a decimal number")
            guard parts.dropFirst().allSatisfy(\.isDigits), let value = Double(text) else {
                throw SettingRefusal("is not a decimal number")
            }
            guard range.contains(value) else { throw SettingRefusal("is out of range") }
            return value
        }
    }
}

extension SettingRule<Durability> {
    /// What an accepted operation must survive.
    static var durability: SettingRule {
        .init(allowed: "memory, aof, fsync, or replicated:n with n from 1 to \(Durability.maximumReplicas)") {
            text throws(SettingRefusal) in
            guard let value = Durability(text) else { throw SettingRefusal("is not one of these") }
            return value
        }
    }
}

extension StringProtocol {
    /// Whether these are decimal digits, at least one.
    var isDigits: Bool { !isEmpty && utf8.allSatisfy { (0x30...0x39).contains($0) } }

    /// Refuses all but decimal digits, and a leading zero: `010` is eight to some readers and ten to others.
    func checkDigits(_ what: String) throws(SettingRefusal) {
        guard !isEmpty else { throw SettingRefusal("is empty") }
        guard isDigits else { throw SettingRefusal("is not \(what)") }
        guard !hasPrefix("0") || self == "0" else { throw SettingRefusal("starts with a zero") }
    }
}
