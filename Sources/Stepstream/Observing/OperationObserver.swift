import CoreMetrics
import Synchronization

/// Measures what happens to operations: the one place from which it is counted, timed and drawn as spans.
package final class OperationObserver: Sendable {
    private let meters: Meters
    private let counts: CountKeeper?
    let tracer: (any OperationTracer)?
    let spans = RunningSpans()
    private let now: @Sendable () -> Milliseconds
    /// By how much the store's clock is ahead of ours, by the last begin.
    private let offset = Atomic<Int64>(0)
    private let lastAccepted = Mutex<(type: Name, counter: Counter)?>(nil)

    /// - Parameters:
    ///   - meters: where it is counted.
    ///   - counts: where it is counted to be kept; nil: nowhere.
    ///   - tracer: draws spans; nil: there are none.
    ///   - now: Unix time, by this machine's clock.
    package init(
        meters: Meters,
        counts: CountKeeper?,
        tracer: (any OperationTracer)? = nil,
        now: @escaping @Sendable () -> Milliseconds
    ) {
        self.meters = meters
        self.counts = counts
        self.tracer = tracer
        self.now = now
    }

    /// Makes `call`, and counts it if it fails.
    func watched<Answer>(_ call: () async throws(StoreError) -> Answer) async throws(StoreError) -> Answer {
        do {
            return try await call()
        } catch {
            throw counted(error)
        }
    }

    /// `error`, which a call ended with, once it is counted.
    func counted(_ error: StoreError) -> StoreError {
        meters.count(.storeErrors, labels: [error.code.description])
        return error
    }

    func count(_ name: MetricName, labels: [String] = [], by amount: Int = 1) {
        meters.count(name, labels: labels, by: amount)
    }

    /// Notes that `count` operations of `type` were accepted.
    func accepted(_ type: Name, count: Int = 1) {
        // Those of one type mostly follow each other.
        let counter = lastAccepted.withLock { last in
            if let last, last.type == type { return last.counter }
            let counter = meters.counter(.operationsAccepted, labels: [type.text])
            last = (type, counter)
            return counter
        }
        counter.increment(by: count)
        counts?.note { $0.count(.accepted, amount: count) }
    }

    /// Notes the attempts that one call began.
    func began(_ attempts: [BegunAttempt]) {
        guard let first = attempts.first else { return }
        offset.store(first.time.count - now().count, ordering: .relaxed)
        for attempt in attempts {
            meters.count(.attempts, labels: [attempt.type, attempt.step, attempt.queue])
            if let wait = attempt.wait { meters.time(.queueWait, labels: [attempt.queue], duration: wait.duration) }
        }
        counts?.note { counts in
            counts.count(.attempts, amount: attempts.count)
            for attempt in attempts { if let wait = attempt.wait { counts.waits[OperationCounts.bucket(of: wait)] += 1 } }
        }
    }

    /// Notes what a transition that was applied did; `work` is the attempt that led to it, if one did.
    func applied(_ transition: Transition, of operation: Operation, after work: Work?) {
        let type = operation.type.text
        let time = now().count + offset.load(ordering: .relaxed)
        if let work {
            let outcome = transition.changes.first { $0.work == work }?.status.rawValue.lowercased() ?? "none"
            meters.count(.attemptEnds, labels: [type, work.label, outcome])
            if let begun = operation.record(work)?.startedAt {
                meters.time(.attemptDuration, labels: [type, work.label], duration: .milliseconds(max(0, time - begun.count)))
            }
        }
        let duration = Milliseconds(max(0, time - operation.createdAt.count))
        let status = transition.ends ? transition.status : nil
        if let status {
            meters.count(.operationsEnded, labels: [type, status.rawValue])
            meters.time(.operationDuration, labels: [type], duration: duration.duration)
        }
        let undone = transition.changes.count { $0.work.direction == .undo && $0.status == .succeeded }
        let retries = transition.changes.count { $0.status == .retrying }
        guard status != nil || undone + retries > 0 || transition.needsAttention == true else { return }
        counts?.note { counts in
            counts.count(.undone, amount: undone)
            counts.count(.retries, amount: retries)
            if transition.needsAttention == true { counts.count(.attention) }
            guard let status else { return }
            counts.durations[OperationCounts.bucket(of: duration)] += 1
            switch status {
            case .succeeded: counts.count(.succeeded)
            case .failed: counts.count(.failed)
            case .canceled: counts.count(.canceled)
            case .notStarted, .running: break
            }
        }
    }
}

extension Work {
    /// What its metrics are labelled with: the step's name, with `undo:` in front of an undo.
    var label: String {
        switch direction {
        case .forward: step.text
        case .undo: "undo:" + step.text
        }
    }
}
