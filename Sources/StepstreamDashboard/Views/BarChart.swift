/// Stacked bars side by side, one for each span of time or bucket. Words are beside the drawing, so that they keep their size.
struct BarChart {
    /// One bar.
    struct Bar {
        /// What is drawn from the bottom up: a style and a number.
        var parts: [(style: String, count: Int)]
        /// What the tooltip says.
        var title: String

        var total: Int { parts.reduce(0) { $0 + $1.count } }
    }

    let title: String
    let bars: [Bar]
    /// What stands below, from the left to the right.
    let labels: [String]
    /// What the colours mean: a style and a word.
    var legend: [(style: String, word: String)] = []

    private static let pitch = 10.0
    private static let height = 100.0

    var html: HTML {
        let top = bars.map(\.total).max() ?? 0
        return HTML(.div, .class("chart")) {
            HTML(.div, .class("chart-head")) {
                HTML(.h3) { title }
                for entry in legend {
                    HTML(.span, .class("key \(entry.style)")) { entry.word }
                }
                HTML(.span, .class("top")) { "max " + Format.count(top) }
            }
            drawing(top)
            HTML(.div, .class("axis")) {
                for label in labels {
                    HTML(.span) { label }
                }
            }
        }
    }

    private func drawing(_ top: Int) -> HTML {
        let box = "0 0 \(Format.decimal(Double(bars.count) * Self.pitch)) \(Format.decimal(Self.height))"
        return HTML(
            .svg,
            .set(.viewBox, to: box),
            .set(.preserveAspectRatio, to: "none"),
            .set(.role, to: "img"),
            .set(.ariaLabel, to: title)
        ) {
            for (index, bar) in bars.enumerated() {
                draw(bar, at: Double(index) * Self.pitch, top: top)
            }
        }
    }

    private func draw(_ bar: Bar, at x: Double, top: Int) -> HTML {
        var base = Self.height
        var pieces = [HTML(.title) { bar.title }]
        // All of the column answers the pointer, however low the bar is.
        pieces.append(rectangle("column", x: x, y: 0, width: Self.pitch, height: Self.height))
        for part in bar.parts where part.count > 0 {
            let height = max(1, Double(part.count) / Double(max(top, 1)) * Self.height)
            base -= height
            pieces.append(rectangle(part.style, x: x + 1, y: base, width: Self.pitch - 2, height: height))
        }
        return HTML(.g) { HTML.joined(pieces) }
    }

    private func rectangle(_ style: String, x: Double, y: Double, width: Double, height: Double) -> HTML {
        HTML(.rect, .class(style), .set(.x, to: x), .set(.y, to: max(0, y)), .set(.width, to: width), .set(.height, to: height))
    }
}
