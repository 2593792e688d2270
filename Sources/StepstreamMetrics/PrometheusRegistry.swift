package import CoreMetrics
import Stepstream
import Synchronization

/// The metrics of this process for Prometheus: the backend of swift-metrics that the process is bootstrapped with.
///
/// A metric has so many values at most; what comes with further labels is counted together under `other`, so that no caller can fill memory.
package final class PrometheusRegistry: MetricsFactory {
    private struct Series {
        var values: [[String]: any Value] = [:]
        var labels: [String] = []
    }

    /// The most values of one metric.
    static let most = 1000

    private let series = Mutex<[String: Series]>([:])

    /// A registry without any metric.
    package init() {}

    /// All values in the text format of Prometheus, version 0.0.4.
    package var text: String {
        let all = series.withLock { $0 }
        var text = PrometheusText()
        for (name, series) in all.sorted(by: { $0.key < $1.key }) {
            text.begin(name, kind: series.values.values.first?.kind ?? .untyped, help: MetricName(rawValue: name)?.help ?? name)
            for (values, value) in series.values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                value.write(name, labels: Array(zip(series.labels, values)), to: &text)
            }
        }
        return text.text
    }

    private func value<V: Value>(_ label: String, dimensions: [(String, String)], make: () -> V) -> V {
        series.withLock { all in
            var values = dimensions.map(\.1)
            if all[label] == nil { all[label] = Series(labels: dimensions.map(\.0)) }
            if let known = all[label]?.values[values] as? V { return known }
            if all[label]?.values.count ?? 0 >= Self.most {
                values = values.map { _ in "other" }
                if let known = all[label]?.values[values] as? V { return known }
            }
            let value = make()
            all[label]?.values[values] = value
            return value
        }
    }

    /// See `MetricsFactory`.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        value(label, dimensions: dimensions, make: Count.init)
    }

    /// See `MetricsFactory`.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        value(label, dimensions: dimensions, make: Level.init)
    }

    /// See `MetricsFactory`.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        value(label, dimensions: dimensions, make: Histogram.init)
    }

    /// Metrics live as long as the process: a counter that began anew would look like a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    /// See `destroyCounter`.
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    /// See `destroyCounter`.
    package func destroyTimer(_ handler: any TimerHandler) {}
}

/// One value of a metric.
protocol Value: AnyObject, Sendable {
    var kind: PrometheusText.Kind { get }
    func write(_ name: String, labels: PrometheusText.Labels, to text: inout PrometheusText)
}

/// A number that grows.
final class Count: CounterHandler, Value {
    private let number = Atomic<Int64>(0)

    var kind: PrometheusText.Kind { .counter }
    func increment(by amount: Int64) { number.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { number.store(0, ordering: .relaxed) }

    func write(_ name: String, labels: PrometheusText.Labels, to text: inout PrometheusText) {
        text.add(name, labels: labels, value: Double(number.load(ordering: .relaxed)))
    }
}

/// A number that goes up and down: the last that was recorded.
final class Level: RecorderHandler, Value {
    private let bits = Atomic<UInt64>(0)

    var kind: PrometheusText.Kind { .gauge }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func write(_ name: String, labels: PrometheusText.Labels, to text: inout PrometheusText) {
        text.add(name, labels: labels, value: Double(bitPattern: bits.load(ordering: .relaxed)))
    }
}

/// Times, counted by `MetricName.bounds`.
final class Histogram: TimerHandler, Value {
    private struct State {
        var counts = Array(repeating: 0, count: MetricName.bounds.count + 1)
        var nanoseconds = 0.0
    }

    private let state = Mutex(State())

    var kind: PrometheusText.Kind { .histogram }

    func recordNanoseconds(_ duration: Int64) {
        let seconds = Double(duration) / 1e9
        let index = MetricName.bounds.firstIndex { seconds <= $0 } ?? MetricName.bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.nanoseconds += Double(duration)
        }
    }

    func write(_ name: String, labels: PrometheusText.Labels, to text: inout PrometheusText) {
        let state = state.withLock { $0 }
        var sum = 0
        for (bound, count) in zip(MetricName.bounds.map { "\($0)" } + ["+Inf"], state.counts) {
            sum += count
            text.add("\(name)_bucket", labels: labels + [("le", bound)], value: Double(sum))
        }
        text.add("\(name)_sum", labels: labels, value: state.nanoseconds / 1e9)
        text.add("\(name)_count", labels: labels, value: Double(sum))
    }
}
