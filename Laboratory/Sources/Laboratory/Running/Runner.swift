import Foundation

/// Runs one scenario: sets up, plays, comes to rest, and has the logs checked.
public struct Runner: Sendable {
    let options: RunOptions

    /// A runner.
    public init(_ options: RunOptions) {
        self.options = options
    }

    /// Runs `scenario`.
    ///
    /// - Parameters:
    ///   - scenario: what is done, and what must hold.
    ///   - progress: called with how many operations and faults there have been, about once a second.
    /// - Returns: what came of it; what the laboratory itself could not do is in there too.
    public func run(_ scenario: Scenario, progress: @escaping @Sendable (String) -> Void = { _ in }) async -> Outcome {
        let start = ContinuousClock.now
        var outcome = Outcome(scenario: scenario.name, seed: options.seed)
        var plan = RigPlan(program: options.program)
        plan.mutants = options.mutants
        plan.redis = options.redis
        plan.definitions = options.definitions
        scenario.plan(&plan)
        let folder = "\(options.folder)/\(scenario.name)-\(UInt32.random(in: 0...UInt32.max))"
        do {
            let rig = try await Rig(plan, folder: folder)
            let found = await played(scenario, on: rig, progress: progress)
            await rig.stop()
            outcome.failure = found.failure
            var expectations = found.expectations
            expectations.steps = options.definitions == nil ? LabDefinitions.steps : [:]
            (outcome.figures, outcome.violations) = Checker(try RunLogs(folder: folder), expectations).check()
        } catch {
            outcome.failure = "\(error)"
        }
        outcome.seconds = (ContinuousClock.now - start) / .seconds(1)
        if outcome.holds, !options.keepsFolders {
            // What is left over takes room and breaks nothing.
            try? FileManager.default.removeItem(atPath: folder)
        } else {
            outcome.folder = folder
        }
        return outcome
    }

    private func played(
        _ scenario: Scenario,
        on rig: Rig,
        progress: @escaping @Sendable (String) -> Void
    ) async -> (failure: String?, expectations: Expectations) {
        let stage = Stage(rig, seed: options.seed, factor: options.factor, workload: options.workload)
        var failure: String?
        do {
            try await rig.start()
            let watcher = Watcher(rig)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await watcher.run() }
                group.addTask { await Self.report(rig, progress) }
                defer { group.cancelAll() }
                try await scenario.play(stage)
                try await rig.rest()
            }
            await watcher.lookAtAll()
            try await rig.writeResidue()
        } catch {
            failure = "\(error)"
        }
        var expectations = stage.expectations
        scenario.expect(&expectations)
        return (failure, expectations)
    }

    private static func report(_ rig: Rig, _ progress: @Sendable (String) -> Void) async {
        while !Task.isCancelled {
            progress("\(rig.tally.accepted.count) operations, \(rig.tally.open.count) open, \(rig.tally.faults) faults")
            // Canceled only when the run is over.
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }
}
