/// A set of Unicode scalars: what one position of a pattern accepts.
struct ScalarSet: Sendable {
    private var ranges: [ClosedRange<UInt32>]
    private var isInverted = false
    /// The ASCII members, worked out once because most text is ASCII.
    private var ascii = [false]

    init(_ ranges: [ClosedRange<UInt32>], isInverted: Bool = false) {
        self.ranges = ranges
        self.isInverted = isInverted
        ascii = (0..<128).map { value in ranges.contains { $0.contains(value) } != isInverted }
    }

    init(_ scalar: Unicode.Scalar) { self.init([scalar.value...scalar.value]) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return ascii[Int(scalar.value)] }
        return ranges.contains { $0.contains(scalar.value) } != isInverted
    }

    func contains(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { contains($0) } ?? false }

    /// The set as plain ranges, for use inside a class.
    var plainRanges: [ClosedRange<UInt32>] {
        guard isInverted else { return ranges }
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }

    var inverted: ScalarSet { ScalarSet(ranges, isInverted: !isInverted) }

    /// `\d`
    static let digit = ScalarSet([0x30...0x39])
    /// `\w`
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// `\s` (ECMA-262 WhiteSpace and LineTerminator)
    static let space = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F,
        0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    /// `.`
    static let notLineEnd = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029], isInverted: true)
}
