import Stepstream
import StepstreamAPI
import Synchronization

/// Once a second, while somebody looks, reads how things are and hands what pages show of it to all who look: however many they are, it is
/// read and made into a page once.
package final class LiveUpdates: Sendable {
    private struct Watch {
        let topic: LiveTopic
        let continuation: AsyncStream<HTML>.Continuation
    }

    private struct State {
        var last = 0
        var watches: [Int: Watch] = [:]
    }

    private let readings: Readings
    private let clock: any MonotonicClock
    private let state = Mutex(State())
    private let wakeup = Wakeup()

    init(readings: Readings, clock: any MonotonicClock = .system) {
        self.readings = readings
        self.clock = clock
    }

    /// The regions of a page that have changed; a slow watcher gets the latest only.
    func regions(_ topic: LiveTopic) -> AsyncStream<HTML> {
        let (stream, continuation) = AsyncStream.makeStream(of: HTML.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.last += 1
            state.watches[state.last] = Watch(topic: topic, continuation: continuation)
            return state.last
        }
        continuation.onTermination = { [weak self] _ in self?.end(number) }
        wakeup.raise()
        return stream
    }

    private func end(_ number: Int) {
        state.withLock { $0.watches[number] = nil }
    }

    /// Beats until the task is canceled; rests while nobody looks.
    package func run() async {
        while !Task.isCancelled {
            let watches = state.withLock { Array($0.watches.values) }
            guard !watches.isEmpty else {
                await wakeup.wait(until: nil, on: clock)
                continue
            }
            var made: [LiveTopic: HTML] = [:]
            for watch in watches {
                let html: HTML
                if let known = made[watch.topic] { html = known } else { html = await self.html(of: watch.topic) }
                made[watch.topic] = html
                watch.continuation.yield(html)
            }
            // Whoever comes meanwhile gets it at once.
            await wakeup.wait(until: clock.now + .seconds(1), on: clock)
        }
    }

    /// A text that differs when operations were accepted, begun or ended, when messages moved, or when a minute is over.
    private static func mark(_ health: StoreHealth, counts: Readings.Counts?) -> String {
        var numbers = [health.counts?.live, health.counts?.attention, health.counts?.timers].map { $0 ?? 0 }
        numbers += health.queues.flatMap { [$0.length, $0.pending, $0.isPaused ? 1 : 0] }
        if let recent = counts?.recent {
            numbers += OperationCounts.Kind.allCases.map { recent.total($0, ofLast: 16) } + [Int(recent.now.count / 60_000)]
        }
        return numbers.map(String.init).joined(separator: " ")
    }

    private func html(of topic: LiveTopic) async -> HTML {
        let health = await readings.health.current()
        let badge = PageFrame.badge(health.counts?.attention)
        switch topic {
        case .numbers: return badge
        case .overview: return .joined([badge, OverviewPage(health: health, counts: await readings.counts()).live])
        case .topology:
            do throws(StoreError) {
                return .joined([badge, TopologyPage(topology: try await readings.topology.current()).live])
            } catch {
                // It stays as it was; the state of health says why.
                return badge
            }
        case .lists: return .joined([badge, PageFrame.mark(Self.mark(health, counts: await readings.counts()))])
        case .queues: return .joined([badge, QueuesPage(health: health).live])
        }
    }
}
