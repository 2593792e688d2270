extension Milliseconds {
    /// How times are written in a definition file, for error messages.
    static let rule = "write a number and its unit, such as 250ms, 5s, 1.5s, 2m or 1h"

    private static let units: [(name: String, count: Int64)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]

    /// Reads `250ms`, `5s`, `1.5s`, `2m`, `1h`; nil for anything else, and for what is not a whole number of milliseconds.
    init?(words: String) {
        let number = words.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let name = words[number.endIndex...]
        guard let unit = Milliseconds.units.first(where: { $0.name == name })?.count else { return nil }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ Int64($0) }), parts.count <= 2 else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        count = product
        guard parts.count == 2 else { return }
        guard (1...9).contains(parts[1].count), let fraction = Int64(parts[1]) else { return nil }
        let scale = (0..<parts[1].count).reduce(Int64(1)) { scale, _ in scale * 10 }
        guard fraction * unit % scale == 0 else { return nil }
        let (sum, isTooLong) = count.addingReportingOverflow(fraction * unit / scale)
        guard !isTooLong else { return nil }
        count = sum
    }

    /// The time in the largest unit that divides it.
    var words: String {
        guard count != 0 else { return "0ms" }
        let unit = Milliseconds.units.last { count % $0.count == 0 } ?? ("ms", 1)
        return "\(count / unit.count)\(unit.name)"
    }
}
