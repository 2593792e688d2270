/// How long operations still take, by what was measured: a pure function of an operation and of means.
package struct RemainingTime: Sendable {
    /// How long each step of the operation's type runs in the mean; a step that was never measured is not there.
    package var runs: [Name: Milliseconds]
    /// How long a message waits in each queue at present, by the oldest that waits there.
    package var waits: [Name: Milliseconds]

    /// The shortest estimate, in seconds.
    package static let least = 1
    /// The longest estimate, in seconds.
    package static let most = 300

    /// Times that were measured.
    package init(runs: [Name: Milliseconds], waits: [Name: Milliseconds]) {
        self.runs = runs
        self.waits = waits
    }

    /// In how many seconds asking for `operation` again is worth while, from `least` to `most`.
    ///
    /// - Parameters:
    ///   - operation: one that has not ended.
    ///   - definition: what it consists of.
    ///   - now: the time, in Unix milliseconds.
    /// - Returns: the seconds; nil where nothing was measured that says anything about it.
    package func seconds(of operation: Operation, definition: Definition, now: Milliseconds) -> Int? {
        var total: Int64 = 0
        var isKnown = false
        if let begin = operation.notBefore, begin.count > now.count, operation.status == .notStarted {
            total += begin.count - now.count
            isKnown = true
        }
        // By index: a step has many parts to copy.
        for index in definition.steps.indices {
            let name = definition.steps[index].name
            let status = operation.steps[name]?.status ?? .waiting
            guard !status.isEnded else { continue }
            let run = runs[name]?.count
            if status == .running {
                total += max(0, (run ?? 0) - max(0, now.count - (operation.steps[name]?.startedAt ?? now).count))
            } else {
                let wait = definition.steps[index].mode == .async ? waits[definition.steps[index].queue]?.count ?? 0 : 0
                // What waits in the queue already has waited for a part of it.
                let waited = status == .queued ? max(0, now.count - operation.updatedAt.count) : 0
                total += max(0, wait - waited) + (run ?? 0)
                if wait > 0 { isKnown = true }
            }
            if run != nil { isKnown = true }
        }
        guard isKnown else { return nil }
        return Int(min(Int64(Self.most), max(Int64(Self.least), (total + 999) / 1000)))
    }
}

/// An exponentially decaying mean: the last few samples count, old ones fade.
package struct DecayingMean: Sendable, Hashable {
    /// The mean.
    package private(set) var value: Double
    /// How much the newest sample counts.
    private static let share = 0.2

    /// The mean of one sample.
    package init(_ first: Double) {
        value = first
    }

    /// Takes another sample.
    package mutating func take(_ sample: Double) {
        value += (sample - value) * Self.share
    }
}
