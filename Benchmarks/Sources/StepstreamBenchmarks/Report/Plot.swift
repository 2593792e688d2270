/// The rates as bars: the median, with a line from the lowest to the highest round.
struct Plot {
    private struct Bar {
        var name: String
        var values: [Double]
        var isCeiling: Bool
    }

    private let bars: [Bar]
    private let caption: String

    init(_ report: Report, _ machine: Machine) {
        let wanted: [(String, Figure, Bool)] = [
            ("submit, library", .submitRate, false), ("  ceiling: the script alone", .submitCeiling, true),
            ("drain, one worker", .drainRate, false), ("  ceiling: begin, then commit", .drainCeiling, true),
            ("submit and drain at once", .bothRate, false), ("submit over HTTP, 64 connections", .httpWide, false),
            ("  ceiling: an empty route", .emptyWide, true), ("submit over HTTP, NDJSON", .httpBatch, false),
            ("drain, five steps", .fiveRate, false), ("drain, a step over HTTP", .handlerRate, false),
        ]
        bars = wanted.compactMap { name, figure, isCeiling in
            report.values[figure].map { Bar(name: name, values: $0, isCeiling: isCeiling) }
        }
        caption =
            "Operations a second, median and range of all rounds. \(machine.processor), \(machine.cores) cores for everything; Redis \(machine.redis)."
    }

    var svg: String {
        let (left, width, step) = (250.0, 410.0, 26.0)
        let most = bars.flatMap(\.values).max() ?? 1
        let x = { (value: Double) in left + width * value / most }
        var lines = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 \(Int(step) * bars.count + 60)" font-family="system-ui, sans-serif" font-size="13">
            <title>What Stepstream does in a second</title>
            <rect width="100%" height="100%" fill="#fff"/>
            """
        ]
        for (number, bar) in bars.enumerated() {
            let (y, median) = (16 + step * Double(number), bar.values.median)
            let (low, high) = (bar.values.min() ?? 0, bar.values.max() ?? 0)
            lines.append(##"<text x="\##(left - 8)" y="\##(y + 13)" text-anchor="end" fill="#222">\##(bar.name)</text>"##)
            lines.append(
                ##"<rect x="\##(left)" y="\##(y)" width="\##(short(x(median) - left))" height="18" fill="\##(bar.isCeiling ? "#b8c4ce" : "#1f6f8b")"/>"##
            )
            lines.append(##"<path d="M\##(short(x(low))) \##(y + 9)H\##(short(x(high)))" stroke="#222" stroke-width="1.5"/>"##)
            lines.append(##"<text x="\##(short(x(high) + 6))" y="\##(y + 13)" fill="#222">\##(median.rounded3)</text>"##)
        }
        lines.append(##"<text x="12" y="\##(16 + step * Double(bars.count) + 24)" font-size="11" fill="#444">\##(caption)</text>"##)
        lines.append("</svg>\n")
        return lines.joined(separator: "\n")
    }

    private func short(_ value: Double) -> String { String(Double(Int(value * 10)) / 10) }
}
