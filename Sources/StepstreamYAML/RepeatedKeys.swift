import Stepstream
import Yams

/// Lets the YAML parser get past keys that occur twice in one map.
///
/// The parser stops at the first, naming only its text and the place of its first occurrence. That occurrence is overwritten with as many
/// private-use characters, so that every other place stays what it was; `original` gives the name back.
struct RepeatedKeys {
    private(set) var text: String
    private var names: [String: String] = [:]
    private var next: UInt32 = 0xE000

    /// The most keys that are renamed; each costs another pass over the text.
    private static let maximum = 50

    init(_ text: String) { self.text = text }

    /// What was written where the parser now reads `key`.
    func original(_ key: String) -> String { names[key] ?? key }

    /// Overwrites the key at `mark`, which is one of `candidates`; false when it cannot be found there.
    mutating func rename(_ candidates: [String], at mark: Mark) -> Bool {
        guard names.count < RepeatedKeys.maximum, let start = index(of: mark) else { return false }
        let quotes: Set<Unicode.Scalar> = ["\"", "'"]
        let scalars = text.unicodeScalars
        let first = start < scalars.endIndex && quotes.contains(scalars[start]) ? scalars.index(after: start) : start
        // The longest first: of `a` and `ab`, both repeated, `ab` stands here if it fits.
        let ordered = candidates.sorted { $0.unicodeScalars.count > $1.unicodeScalars.count }
        guard let name = ordered.first(where: { !$0.isEmpty && scalars[first...].starts(with: $0.unicodeScalars) }) else { return false }
        let filler = unusedScalar()
        let key = String(String.UnicodeScalarView(Array(repeating: filler, count: name.unicodeScalars.count)))
        names[key] = name
        let end = scalars.index(first, offsetBy: name.unicodeScalars.count)
        text.unicodeScalars.replaceSubrange(first..<end, with: key.unicodeScalars)
        return true
    }

    private func index(of mark: Mark) -> String.Index? {
        var line = 1
        var start = text.unicodeScalars.startIndex
        while line < mark.line {
            guard let end = text.unicodeScalars[start...].firstIndex(of: "\n") else { return nil }
            start = text.unicodeScalars.index(after: end)
            line += 1
        }
        return text.unicodeScalars.index(start, offsetBy: mark.column - 1, limitedBy: text.unicodeScalars.endIndex)
    }

    private mutating func unusedScalar() -> Unicode.Scalar {
        while true {
            let candidate = Unicode.Scalar(next) ?? "\u{F8FF}"
            next += 1
            if !text.unicodeScalars.contains(candidate) { return candidate }
        }
    }
}
