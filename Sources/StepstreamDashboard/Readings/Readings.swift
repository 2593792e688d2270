import Stepstream
import StepstreamAPI

/// The state of the store, read once a process for all who look.
struct Readings: Sendable {
    let health: SharedHealth
    let topology: SharedTopology
    private let recent: SharedRead<[MinuteCounts], StoreError>
    private let day: SharedRead<[MinuteCounts], StoreError>

    init(health: SharedHealth, topology: SharedTopology, counts: any CountStore) {
        self.health = health
        self.topology = topology
        recent = SharedRead(age: .seconds(1)) { () async throws(StoreError) in try await counts.counts(ofLast: 16) }
        day = SharedRead(age: .seconds(30)) { () async throws(StoreError) in try await counts.counts(ofLast: 24 * 60) }
    }

    /// What was counted in the last minutes and in the last day, and until when.
    struct Counts: Sendable {
        let recent: CountCharts
        let day: CountCharts
    }

    /// Nil where nothing is counted, or the counts cannot be read at the moment: the state of health says why.
    func counts() async -> Counts? {
        do throws(StoreError) {
            let now = Milliseconds.now
            return Counts(
                recent: CountCharts(minutes: try await recent.current(), now: now),
                day: CountCharts(minutes: try await day.current(), now: now)
            )
        } catch {
            return nil
        }
    }
}
