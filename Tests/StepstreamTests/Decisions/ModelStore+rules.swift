import Stepstream

extension ModelStore {
    /// What must hold after every change.
    mutating func check() throws(BrokenRule) {
        guard hasChanged else { return }
        hasChanged = false
        if endings > 1 { throw BrokenRule("ended twice") }
        for work in touched {
            guard let record = operation.record(work) else { continue }
            note(work, record.status)
            try checkBudget(of: work, record)
        }
        touched.removeAll(keepingCapacity: true)
        let isHeld = held != nil
        let isListed = operation.status.isEnded ? needsAttention && operation.status == .failed : operation.phase == .undoFailed || isHeld
        if needsAttention != isListed {
            throw BrokenRule("attention \(needsAttention) in \(operation.phase)")
        }
        if isHeld != (operation.phase == .waiting) { throw BrokenRule("phase \(operation.phase), held: \(isHeld)") }
        if pivot != -1, operation.cancelRequested { throw BrokenRule("to be taken back although it has passed its pivot") }
        try checkDeadline()
        if operation.status.isEnded { return try checkEnd() }
        if operation.phase == .undoFailed { return try checkUndoFailed() }
        try checkCarriers(isHeld: isHeld)
        try checkUndos()
    }

    private mutating func note(_ work: Work, _ status: StepStatus) {
        if status.isEnded || (work.direction == .undo && status == .waiting) { active.remove(work) } else { active.insert(work) }
        if status == .held { held = work } else if held == work { held = nil }
    }

    /// Exactly one record is to be worked on, and exactly one message or timer leads to it, or none if it is held. A sync step may have a
    /// second: the recovery timer, when its process was slow rather than dead.
    private func checkCarriers(isHeld: Bool) throws(BrokenRule) {
        guard active.count == 1, let work = active.first else { throw BrokenRule("\(active.count) records are to be worked on") }
        if isHeld {
            if !timers.isEmpty { throw BrokenRule("a timer leads to a step that is held") }
            return
        }
        var carriers = 0
        for entry in entries where entry.message.work == work { carriers += 1 }
        for timer in timers where timer.work == work { carriers += 1 }
        let isSync = work.direction == .forward && decisions.definition.step(work.step)?.mode == .sync
        if carriers == 0 { throw BrokenRule("nothing leads to \(work)") }
        if carriers > (isSync ? 2 : 1) + hastened { throw BrokenRule("\(carriers) messages or timers lead to \(work)") }
        for timer in timers where timer.work != work { throw BrokenRule("a timer without purpose: \(timer.work)") }
    }

    /// Until it ends, goes back or has passed its pivot, an operation with a total time has a timer for it.
    private func checkDeadline() throws(BrokenRule) {
        guard decisions.definition.deadline != nil else { return }
        let matters =
            !operation.status.isEnded && operation.phase != .undoing
            && operation.phase != .undoFailed && !operation.hasPassedDeadline && pivot == -1
        if hasDeadline != matters { throw BrokenRule("deadline \(hasDeadline) in \(operation.phase)") }
    }

    /// The position of the pivot, if it has succeeded.
    private var pivot: Int {
        guard let index = pivotIndex else { return -1 }
        return operation.steps[decisions.definition.steps[index].name]?.status == .succeeded ? index : -1
    }

    private func checkBudget(of work: Work, _ record: StepRecord) throws(BrokenRule) {
        let budget = budget(of: work)
        try check(record, work, budget)
        if let count = runs[work], count > budget + record.crashes {
            throw BrokenRule("\(work) was run \(count) times with a budget of \(budget)")
        }
    }

    private func budget(of work: Work) -> Int { decisions.execution(of: work)?.retry.attempts ?? 0 }

    private func check(_ record: StepRecord, _ work: Work, _ budget: Int) throws(BrokenRule) {
        // One attempt more for a last question to the probe.
        let probes = work.direction == .forward && decisions.definition.step(work.step)?.onUnknown.probe != nil ? 1 : 0
        let budget = budget + probes
        if record.attempts < 0 || record.attempts > budget { throw BrokenRule("\(record.attempts) attempts of \(budget) for \(work)") }
        // The commit that ends a poison step can crash its worker too, so the count goes on; but the step can only end.
        if record.crashes > Decisions.poisonCrashes, ![.running, .failed, .held, .canceled, .succeeded, .skipped].contains(record.status) {
            throw BrokenRule("\(work) is \(record.status) after \(record.crashes) crashes")
        }
    }

    /// Undos run newest first, and only of steps that were begun and that no pivot protects.
    private func checkUndos() throws(BrokenRule) {
        guard !undosBegun.isEmpty else { return }
        let positions = undosBegun.compactMap { decisions.definition.index(of: $0) }
        if positions != positions.sorted(by: >) { throw BrokenRule("undone in the order \(undosBegun)") }
        if !stepsBegun.isSuperset(of: undosBegun) { throw BrokenRule("undone without having been begun") }
        if positions.contains(where: { $0 <= pivot }) { throw BrokenRule("undone at or before a pivot that succeeded") }
    }

    private func checkEnd() throws(BrokenRule) {
        try checkUndos()
        if !timers.isEmpty { throw BrokenRule("a timer outlived its operation: \(timers[0].work)") }
        if operation.steps.values.contains(where: { !$0.status.isEnded }) { throw BrokenRule("ended with a step that has not") }
        switch operation.status {
        case .succeeded:
            let all = decisions.definition.steps.allSatisfy { operation.steps[$0.name]?.status == .succeeded }
            if !all || operation.result == nil || !undosBegun.isEmpty {
                throw BrokenRule("succeeded without its steps, result or with an undo")
            }
        case .failed:
            if operation.error == nil { throw BrokenRule("failed without an error") }
            try checkNothingLeft()
        case .canceled:
            if operation.error != nil || operation.hasPassedDeadline { throw BrokenRule("canceled with an error") }
            try checkNothingLeft()
        case .notStarted, .running:
            throw BrokenRule("not an end")
        }
    }

    /// What was done, or may have been, is undone where the definition says how and no pivot forbids it, unless an operator passed it over.
    private func checkNothingLeft() throws(BrokenRule) {
        let pivot = pivot
        for (position, step) in decisions.definition.steps.enumerated() where position > pivot && step.undo.compensation != nil {
            let undo = operation.undos[step.name]?.status
            if effects.contains(step.name), undo != .skipped { throw BrokenRule("the effect of \(step.name) is still there") }
            guard let record = operation.steps[step.name], record.status == .succeeded || record.isUncertain else { continue }
            if undo != .succeeded, undo != .skipped { throw BrokenRule("\(step.name) was not undone") }
        }
        if (operation.phase == .undone) == undosBegun.isEmpty {
            throw BrokenRule("phase \(operation.phase) after \(undosBegun.count) undos")
        }
    }

    private func checkUndoFailed() throws(BrokenRule) {
        if operation.status != .running { throw BrokenRule("an operation whose undo failed is \(operation.status)") }
        if !timers.isEmpty { throw BrokenRule("a timer although the undo failed") }
        if operation.undos.count(where: { $0.value.status == .failed }) != 1 { throw BrokenRule("undo-failed without one failed undo") }
    }
}
