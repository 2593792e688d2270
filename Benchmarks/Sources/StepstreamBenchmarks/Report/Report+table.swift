extension Report {
    /// The table for people: median, and the range of all rounds.
    func table() -> String {
        var lines: [String] = []
        for section in Figure.Section.allCases {
            let figures = figures(in: section)
            guard !figures.isEmpty else { continue }
            lines.append("")
            lines.append(section.rawValue.padded(to: 58) + "median".leftPadded(to: 10) + "   min - max")
            for figure in figures { lines.append(line(of: figure)) }
        }
        return lines.joined(separator: "\n")
    }

    private func line(of figure: Figure) -> String {
        let values = values[figure] ?? []
        let name = "  \(figure.name), \(figure.unit)".padded(to: 58)
        return name + values.median.rounded3.leftPadded(to: 10)
            + "   \((values.min() ?? .nan).rounded3) - \((values.max() ?? .nan).rounded3)"
    }
}

extension Double {
    /// Three digits or more that matter: `0.0123`, `1.23`, `12.3`, `12345`.
    var rounded3: String {
        guard isFinite else { return "-" }
        let size = abs(self)
        let places = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4
        return fixed(places)
    }

    private func fixed(_ places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let digits = String(Int64((abs(self) * scale).rounded()))
        let sign = self < 0 ? "-" : ""
        guard places > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return sign + padded.dropLast(places) + "." + padded.suffix(places)
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    fileprivate func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
