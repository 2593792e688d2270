/// Reads the text of a pattern (ECMA-262 §22.2.1 with the `u` flag, without look-around, backreferences and `\p`).
struct PatternParser {
    indirect enum Expression {
        case set(ScalarSet)
        case assertion(Pattern.Instruction)
        case sequence([Expression])
        case choice(Expression, Expression)
        case repetition(Expression, minimum: Int, maximum: Int?)
    }

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private static let maximumDepth = 50
    private static let maximumCount = 1000

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func whole() throws(Pattern.Fault) -> Expression {
        let expression = try choice()
        guard position == scalars.count else { throw fault("a ) without (", allowed: "write \\) for the character itself") }
        return expression
    }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func fault(_ words: String, allowed: String) -> Pattern.Fault {
        Pattern.Fault(offset: position, words: words, allowed: allowed)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private mutating func choice() throws(Pattern.Fault) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= PatternParser.maximumDepth else { throw fault("too many groups inside each other", allowed: "at most 50") }
        var alternatives = [try sequence()]
        while take("|") { alternatives.append(try sequence()) }
        var result = alternatives.removeLast()
        while let left = alternatives.popLast() { result = .choice(left, result) }
        return result
    }

    private mutating func sequence() throws(Pattern.Fault) -> Expression {
        var parts: [Expression] = []
        while let next = peek, next != "|", next != ")" { parts.append(try quantified()) }
        return .sequence(parts)
    }

    private mutating func quantified() throws(Pattern.Fault) -> Expression {
        let part = try atom()
        guard let (minimum, maximum) = try quantifier() else { return part }
        if case .assertion = part { throw fault("a repeated assertion", allowed: "repeat characters and groups only") }
        // A lazy quantifier chooses another match, never another answer.
        _ = take("?")
        return .repetition(part, minimum: minimum, maximum: maximum)
    }

    private mutating func quantifier() throws(Pattern.Fault) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard peek == "{" else { return nil }
        let start = position
        position += 1
        let minimum = number()
        var maximum = minimum
        if minimum != nil, take(",") { maximum = number() }
        let hasMaximum = scalars[position - 1] != ","
        guard let minimum, take("}") else {
            position = start
            throw fault("a { that begins no count", allowed: "write {2}, {2,} or {2,5}; write \\{ for the character itself")
        }
        guard minimum <= PatternParser.maximumCount, maximum ?? 0 <= PatternParser.maximumCount, !hasMaximum || maximum ?? 0 >= minimum
        else {
            position = start
            throw fault("a count out of order or above \(PatternParser.maximumCount)", allowed: "write {minimum,maximum}")
        }
        return (minimum, hasMaximum ? maximum : nil)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = peek, (0x30...0x39).contains(digit.value) {
            value = min((value ?? 0) * 10 + Int(digit.value - 0x30), 1_000_000)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(Pattern.Fault) -> Expression {
        guard let scalar = peek else { throw fault("nothing to match", allowed: "write a character") }
        switch scalar {
        case "^": return advance(.assertion(.start))
        case "$": return advance(.assertion(.end))
        case ".": return advance(.set(.notLineEnd))
        case "(": return try group()
        case "[": return .set(try characterClass())
        case "\\": return try escape()
        case "*", "+", "?", "{", "}", "]":
            throw fault("a \(scalar) that repeats or closes nothing", allowed: "write \\\(scalar) for the character itself")
        default: return advance(.set(ScalarSet(scalar)))
        }
    }

    private mutating func advance(_ expression: Expression) -> Expression {
        position += 1
        return expression
    }

    private mutating func group() throws(Pattern.Fault) -> Expression {
        let start = position
        position += 1
        if take("?"), !take(":") {
            guard take("<"), let name = peek, name != "=", name != "!" else {
                position = start
                throw fault("look-around or a modifier", allowed: "only ( ), (?: ) and (?<name> ) are supported")
            }
            while let next = peek, next != ">" { position += next == ")" ? scalars.count : 1 }
            position = min(position + 1, scalars.count)
        }
        let inside = try choice()
        guard take(")") else {
            position = start
            throw fault("a ( without )", allowed: "write \\( for the character itself")
        }
        return inside
    }

    private mutating func escape() throws(Pattern.Fault) -> Expression {
        switch position + 1 < scalars.count ? scalars[position + 1] : nil {
        case "b":
            position += 2
            return .assertion(.boundary(true))
        case "B":
            position += 2
            return .assertion(.boundary(false))
        default: return .set(try escapedSet())
        }
    }

    /// Reads what follows a backslash, inside a class or outside.
    private mutating func escapedSet() throws(Pattern.Fault) -> ScalarSet {
        let start = position
        position += 1
        guard let scalar = peek else { throw fault("a \\ at the end", allowed: "write \\\\ for the character itself") }
        position += 1
        switch scalar {
        case "d": return .digit
        case "D": return ScalarSet.digit.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "t": return ScalarSet("\t")
        case "n": return ScalarSet("\n")
        case "r": return ScalarSet("\r")
        case "f": return ScalarSet("\u{0C}")
        case "v": return ScalarSet("\u{0B}")
        case "0" where peek.map { !(0x30...0x39).contains($0.value) } ?? true: return ScalarSet("\0")
        case "x", "u":
            if let code = codePoint(scalar) { return ScalarSet(code) }
        case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/", "-": return ScalarSet(scalar)
        default: break
        }
        position = start
        throw fault(
            "the escape \\\(scalar) is not supported",
            allowed: "\\d \\w \\s \\b, \\t \\n \\r \\f \\v \\0, \\xHH, \\uHHHH, \\u{H}, and \\ before punctuation"
        )
    }

    private mutating func codePoint(_ kind: Unicode.Scalar) -> Unicode.Scalar? {
        let isBraced = kind == "u" && take("{")
        let length = isBraced ? 6 : kind == "x" ? 2 : 4
        let digits = scalars[position...].prefix(length).prefix { $0.isASCII && $0.properties.isASCIIHexDigit }
        position += digits.count
        guard isBraced ? take("}") : digits.count == length else { return nil }
        return UInt32(String(String.UnicodeScalarView(digits)), radix: 16).flatMap { Unicode.Scalar($0) }
    }

    private mutating func characterClass() throws(Pattern.Fault) -> ScalarSet {
        let start = position
        position += 1
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !take("]") {
            let low = try classMember(openedAt: start)
            guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                ranges += low
                continue
            }
            position += 1
            let high = try classMember(openedAt: start)
            guard let first = PatternParser.single(low), let last = PatternParser.single(high), first <= last else {
                throw fault("a range out of order", allowed: "write the lower character first, or \\- for the character itself")
            }
            ranges.append(first...last)
        }
        return ScalarSet(ranges, isInverted: isInverted)
    }

    private static func single(_ ranges: [ClosedRange<UInt32>]) -> UInt32? {
        guard let only = ranges.first, ranges.count == 1, only.count == 1 else { return nil }
        return only.lowerBound
    }

    private mutating func classMember(openedAt start: Int) throws(Pattern.Fault) -> [ClosedRange<UInt32>] {
        guard let scalar = peek else {
            position = start
            throw fault("a [ without ]", allowed: "write \\[ for the character itself")
        }
        guard scalar == "\\" else {
            position += 1
            return [scalar.value...scalar.value]
        }
        if position + 1 < scalars.count, scalars[position + 1] == "b" {
            position += 2
            return [0x08...0x08]
        }
        return try escapedSet().plainRanges
    }
}
