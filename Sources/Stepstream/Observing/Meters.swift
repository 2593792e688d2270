package import CoreMetrics
import Synchronization

/// The values of all metrics of this process: made when they are first needed, and found again by their labels.
///
/// What they are labelled with is bounded: types, steps and queues come from definitions, the rest from enums and routes.
package final class Meters: Sendable {
    private struct Key: Hashable {
        let name: MetricName
        let labels: [String]
    }

    private struct State {
        var counters: [Key: Counter] = [:]
        var timers: [Key: CoreMetrics.Timer] = [:]
    }

    private let factory: any MetricsFactory
    private let state = Mutex(State())

    /// Meters of `factory`; of the one that the process was bootstrapped with unless given.
    package init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
    }

    /// Counts `amount` of `name`; `labels` in the order of `MetricName.labels`.
    package func count(_ name: MetricName, labels: [String] = [], by amount: Int = 1) {
        if amount > 0 { counter(name, labels: labels).increment(by: amount) }
    }

    /// What counts `name` with these labels, for whoever counts the same again and again.
    func counter(_ name: MetricName, labels: [String]) -> Counter {
        let key = Key(name: name, labels: labels)
        return state.withLock { state in
            if let counter = state.counters[key] { return counter }
            let counter = Counter(label: name.rawValue, dimensions: Array(zip(name.labels, labels)), factory: factory)
            state.counters[key] = counter
            return counter
        }
    }

    /// Notes a time.
    package func time(_ name: MetricName, labels: [String] = [], duration: Duration) {
        let key = Key(name: name, labels: labels)
        let timer = state.withLock { state in
            if let timer = state.timers[key] { return timer }
            let timer = CoreMetrics.Timer(label: name.rawValue, dimensions: Array(zip(name.labels, labels)), factory: factory)
            state.timers[key] = timer
            return timer
        }
        let (seconds, attoseconds) = duration.components
        timer.recordNanoseconds(seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue + attoseconds / 1_000_000_000)
    }
}
