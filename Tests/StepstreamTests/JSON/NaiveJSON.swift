/// The grammar of RFC 8259 written down as directly as it can be, to compare the real parser with: slow, recursive, over scalars.
struct NaiveJSON {
    private let text: [Unicode.Scalar]
    private var next = 0

    /// Whether `text` is JSON without a member name that occurs twice.
    static func accepts(_ text: String) -> Bool {
        var reader = NaiveJSON(text: Array(text.unicodeScalars))
        reader.space()
        guard reader.value() else { return false }
        reader.space()
        return reader.next == reader.text.count
    }

    private mutating func take(_ word: String) -> Bool {
        guard text[next...].starts(with: word.unicodeScalars) else { return false }
        next += word.unicodeScalars.count
        return true
    }

    private mutating func space() { while take(" ") || take("\n") || take("\r") || take("\t") {} }

    private mutating func value() -> Bool {
        if take("null") || take("true") || take("false") { return true }
        if take("[") { return list("]") { $0.value() } }
        if take("{") {
            var names = Set<[Unicode.Scalar]>()
            return list("}") {
                guard let name = $0.string(), names.insert(name).inserted else { return false }
                $0.space()
                guard $0.take(":") else { return false }
                $0.space()
                return $0.value()
            }
        }
        return next < text.count && text[next] == "\"" ? string() != nil : number()
    }

    private mutating func list(_ end: String, _ element: (inout NaiveJSON) -> Bool) -> Bool {
        space()
        if take(end) { return true }
        repeat {
            space()
            guard element(&self) else { return false }
            space()
        } while take(",")
        return take(end)
    }

    private mutating func digits() -> Int {
        let start = next
        while next < text.count, ("0"..."9").contains(text[next]) { next += 1 }
        return next - start
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0"), digits() == 0 { return false }
        if take("."), digits() == 0 { return false }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            return digits() > 0
        }
        return true
    }

    private mutating func string() -> [Unicode.Scalar]? {
        guard take("\"") else { return nil }
        var units: [UInt16] = []
        while next < text.count, text[next] != "\"" {
            guard text[next].value >= 0x20 else { return nil }
            guard take("\\") else {
                units += Array(String(text[next]).utf16)
                next += 1
                continue
            }
            if take("u") {
                let digits = String(String.UnicodeScalarView(text[next...].prefix(4)))
                let isHex = digits.count == 4 && digits.allSatisfy { $0.isASCII && $0.isHexDigit }
                guard isHex, let unit = UInt16(digits, radix: 16) else { return nil }
                units.append(unit)
                next += 4
            } else {
                let escapes: [(String, UInt16)] = [
                    ("\"", 34), ("\\", 92), ("/", 47), ("b", 8), ("f", 12), ("n", 10), ("r", 13), ("t", 9),
                ]
                guard let (_, unit) = escapes.first(where: { take($0.0) }) else { return nil }
                units.append(unit)
            }
        }
        guard take("\""), let string = String(validating: units, as: UTF16.self) else { return nil }
        return Array(string.unicodeScalars)
    }

    private init(text: [Unicode.Scalar]) { self.text = text }
}
