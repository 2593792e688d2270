/// A JSON number without rounding: ± 0.d₁d₂… × 10^exponent, so that comparisons are exact at any size.
package struct JSONNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    private(set) var isNegative = false
    /// The significant digits, 0-9, without zeros at either end; none: zero.
    private(set) var digits: [UInt8] = []
    private(set) var exponent = 0

    /// Reads the text of a number that has been checked.
    package init(_ text: String) {
        description = text
        var fraction = false
        var written = 0
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): fraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                written = JSONNumber.exponent(rest)
                rest = []
            default:
                if !digits.isEmpty || byte != UInt8(ascii: "0") {
                    digits.append(byte - UInt8(ascii: "0"))
                    if !fraction { exponent += 1 }
                } else if fraction {
                    exponent -= 1
                }
            }
        }
        while digits.last == 0 { digits.removeLast() }
        exponent += written
        if digits.isEmpty { (isNegative, exponent) = (false, 0) }
    }

    /// Kept within what can be added without overflow; numbers that differ only beyond this are equal.
    private static func exponent(_ text: ArraySlice<UInt8>) -> Int {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = String(decoding: text.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }, as: UTF8.self)
        let size = min(Int(digits) ?? Int.max, 1 << 40)
        return isNegative ? -size : size
    }

    package static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        left.isNegative == right.isNegative && left.exponent == right.exponent && left.digits == right.digits
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(isNegative)
        hasher.combine(exponent)
        hasher.combine(digits)
    }

    package var isInteger: Bool { digits.count <= exponent || digits.isEmpty }

    /// The value, when it is whole and fits.
    package var int64: Int64? {
        guard isInteger, exponent <= 19 else { return nil }
        var value: Int64 = 0
        for position in 0..<exponent {
            let digit = position < digits.count ? Int64(digits[position]) : 0
            let (shifted, tooLong) = value.multipliedReportingOverflow(by: 10)
            let (next, tooLarge) = isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            guard !tooLong, !tooLarge else { return nil }
            value = next
        }
        return value
    }

    package static func < (left: JSONNumber, right: JSONNumber) -> Bool {
        guard left != right else { return false }
        let signs = (left.sign, right.sign)
        guard signs.0 == signs.1 else { return signs.0 < signs.1 }
        let isSmaller =
            left.exponent != right.exponent ? left.exponent < right.exponent : left.digits.lexicographicallyPrecedes(right.digits)
        return left.isNegative ? !isSmaller : isSmaller
    }

    private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    /// The most significant digits a divisor may have.
    package static let maximumDivisorDigits = 18

    /// Whether this is a whole multiple of `divisor`, which is positive and of at most 18 digits.
    package func isMultiple(of divisor: JSONNumber) -> Bool {
        if digits.isEmpty { return true }
        // Both as whole numbers without trailing zeros times a power of ten: a smaller power on our side leaves a fraction.
        let shift = (exponent - digits.count) - (divisor.exponent - divisor.digits.count)
        guard shift >= 0 else { return false }
        let modulus = divisor.digits.reduce(UInt128(0)) { $0 * 10 + UInt128($1) }
        guard modulus > 0 else { return false }
        let remainder = digits.reduce(UInt128(0)) { ($0 * 10 + UInt128($1)) % modulus }
        return remainder * JSONNumber.power(of: 10 % modulus, exponent: shift, modulus: modulus) % modulus == 0
    }

    private static func power(of base: UInt128, exponent: Int, modulus: UInt128) -> UInt128 {
        var (result, square, rest) = (1 % modulus, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = result * square % modulus }
            square = square * square % modulus
            rest >>= 1
        }
        return result
    }
}
