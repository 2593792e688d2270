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
        return HTML(.svg, .set(.viewBox, box), .set(.preserveAspectRatio, "none"), .set(.role, "img"), .set(.ariaLabel, title)) {
            for (index, bar) in bars.enumerated() {
                draw(bar, at: Double(index) * Self.pitch, top)
            }
        }
    }

    private func draw(_ bar: Bar, at x: Double, _ top: Int) -> HTML {
        var base = Self.height
        var pieces = [HTML(.title) { bar.title }]
        // All of the column answers the pointer, however low the bar is.
        pieces.append(rectangle("column", x, 0, Self.pitch, Self.height))
        for part in bar.parts where part.count > 0 {
            let height = max(1, Double(part.count) / Double(max(top, 1)) * Self.height)
            base -= height
            pieces.append(rectangle(part.style, x + 1, base, Self.pitch - 2, height))
        }
        return HTML(.g) { HTML.joined(pieces) }
    }

    private func rectangle(_ style: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double) -> HTML {
        HTML(.rect, .class(style), .set(.x, x), .set(.y, max(0, y)), .set(.width, width), .set(.height, height))
    }
}
