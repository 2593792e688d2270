import Stepstream
import StepstreamAPI

/// What was counted, as charts.
struct CountCharts {
    let minutes: [MinuteCounts]
    let now: Milliseconds

    private static let outcomes = [("good", Kind.succeeded), ("bad", Kind.failed), ("calm", Kind.canceled)]
    private static let legend = [(style: "good", word: "succeeded"), (style: "bad", word: "failed"), (style: "calm", word: "canceled")]

    typealias Kind = OperationCounts.Kind

    /// The minute the present is in.
    private var present: Int { Int(now.count / 60_000) }

    /// How often `kind` happened in the last whole minute, a second.
    func rate(_ kinds: Kind...) -> Double {
        let last = minutes.first { $0.minute == present - 1 }
        return Double(kinds.reduce(0) { $0 + (last?.counts.counts[$1] ?? 0) }) / 60
    }

    /// How often `kind` happened in the last `count` minutes, the present one too.
    func total(_ kind: Kind, ofLast count: Int) -> Int {
        minutes.reduce(0) { $1.minute > present - count ? $0 + ($1.counts.counts[kind] ?? 0) : $0 }
    }

    /// The ends of operations in `count` bars of `width` minutes.
    func ended(_ title: String, bars count: Int, width: Int) -> BarChart {
        // Bars begin at whole multiples of their width, so that they don't change their shape from minute to minute.
        let first = (present / width - count + 1) * width
        var sums = Array(repeating: [Kind: Int](), count: count)
        for minute in minutes where minute.minute >= first {
            let index = (minute.minute - first) / width
            guard index < count else { continue }
            sums[index].merge(minute.counts.counts, uniquingKeysWith: +)
        }
        let bars = sums.enumerated().map { index, sum in
            BarChart.Bar(
                parts: Self.outcomes.map { ($0.0, sum[$0.1] ?? 0) },
                title: Self.clock(first + index * width) + Self.words(of: sum)
            )
        }
        let middle = first + count / 2 * width
        return BarChart(
            title: title,
            bars: bars,
            labels: [Self.clock(first), Self.clock(middle), "now"],
            legend: Self.legend
        )
    }

    private static func clock(_ minute: Int) -> String {
        String(Timestamp.text(Milliseconds(Int64(minute) * 60_000)).dropFirst(11).prefix(5))
    }

    private static func words(of sum: [Kind: Int]) -> String {
        let kinds: [Kind] = [.accepted, .succeeded, .failed, .canceled]
        return kinds.map { "\n\($0.rawValue) \(Format.count(sum[$0] ?? 0))" }.joined()
    }

    /// How long things took in the last `count` minutes.
    func histogram(_ title: String, ofLast count: Int, buckets: (OperationCounts) -> [Int]) -> HTML {
        var sums = Array(repeating: 0, count: OperationCounts.bounds.count + 1)
        for minute in minutes where minute.minute > present - count {
            for (index, number) in buckets(minute.counts).enumerated() where index < sums.count { sums[index] += number }
        }
        let bars = sums.enumerated().map { index, sum in
            BarChart.Bar(parts: [("busy", sum)], title: "\(Self.words(ofBucket: index))\n\(Format.count(sum))")
        }
        let labels = [0, 3, 6, 9, 12, 15].map { Format.span(Milliseconds(Int64(OperationCounts.bounds[$0]))) } + ["more"]
        return HTML(.div, .class("panel")) {
            BarChart(title: title, bars: bars, labels: labels).html
            HTML(.dl, .class("quantiles")) {
                for share in [50, 95, 99] {
                    HTML(.dt) { "p\(share)" }
                    HTML(.dd) { Self.quantile(share, of: sums) }
                }
            }
        }
    }

    private static func words(ofBucket index: Int) -> String {
        let bounds = OperationCounts.bounds
        return index < bounds.count
            ? "≤ " + Format.span(Milliseconds(Int64(bounds[index]))) : "> " + Format.span(Milliseconds(Int64(bounds[bounds.count - 1])))
    }

    /// The bucket that `share` percent do not exceed.
    static func quantile(_ share: Int, of buckets: [Int]) -> String {
        let total = buckets.reduce(0, +)
        guard total > 0 else { return "–" }
        var seen = 0
        let index = buckets.firstIndex { count in
            seen += count
            return seen * 100 >= total * share
        }
        return words(ofBucket: index ?? buckets.count - 1)
    }
}
