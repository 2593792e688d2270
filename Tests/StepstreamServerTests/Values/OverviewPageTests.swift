import Stepstream
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("Overview")
struct OverviewPageTests {
    /// Now, in the middle of minute 10 000.
    private static let now = Milliseconds(10_000 * 60_000 + 30_000)

    private static func minute(_ minute: Int, _ counts: [OperationCounts.Kind: Int], durations: [Int: Int] = [:]) -> MinuteCounts {
        var all = OperationCounts()
        all.counts = counts
        for (bucket, count) in durations { all.durations[bucket] = count }
        return MinuteCounts(minute: minute, counts: all)
    }

    private func page(_ minutes: [MinuteCounts]) -> String {
        let charts = CountCharts(minutes: minutes, now: Self.now)
        var health = StoreHealth(findings: [.init(.memory, .warning, "<b>full</b>")], counts: .init())
        health.counts?.attention = 3
        return OverviewPage(health: health, counts: .init(recent: charts, day: charts)).content.markup
    }

    @Test("Rates are those of the last whole minute, totals those of fifteen")
    func numbers() {
        let minutes = [
            Self.minute(9000, [.failed: 100]), Self.minute(9990, [.failed: 2, .retries: 4]),
            Self.minute(9999, [.accepted: 90, .succeeded: 57, .failed: 3]), Self.minute(10_000, [.accepted: 1000, .failed: 1]),
        ]
        let text = page(minutes)
        #expect(text.contains(#"<span class="name">Accepted</span><span class="value">1.5</span>"#))
        #expect(text.contains(#"<span class="name">Ended</span><span class="value">1</span>"#))
        #expect(text.contains(#"<span class="name">Failed</span><span class="value">6</span>"#))
        #expect(text.contains(#"<span class="name">Retries</span><span class="value">4</span>"#))
        #expect(text.contains("&lt;b&gt;full&lt;/b&gt;"))
    }

    @Test("Each bar stands for its minutes, and the highest fills the chart")
    func bars() {
        let charts = CountCharts(
            minutes: [Self.minute(9999, [.succeeded: 30, .failed: 10]), Self.minute(10_000, [.succeeded: 10])],
            now: Self.now
        )
        let bars = charts.ended("x", bars: 15, width: 1).bars
        #expect(bars.map(\.total) == Array(repeating: 0, count: 13) + [40, 10])
        let markup = charts.ended("x", bars: 15, width: 1).html.markup
        #expect(markup.contains(#"<rect class="good" x="131" y="25" width="8" height="75">"#))
        #expect(markup.contains(#"<rect class="bad" x="131" y="0" width="8" height="25">"#))
        // Bars of the day keep their borders from minute to minute.
        #expect(charts.ended("x", bars: 96, width: 15).bars.last?.total == 50)
    }

    @Test("Half of what took at most 2 ms is told as such")
    func quantiles() {
        let text = page([Self.minute(9999, [:], durations: [1: 60, 5: 39, 17: 1])])
        #expect(text.contains("<dt>p50</dt><dd>≤ 2 ms</dd><dt>p95</dt><dd>≤ 50 ms</dd><dt>p99</dt><dd>≤ 50 ms</dd>"))
    }
}
