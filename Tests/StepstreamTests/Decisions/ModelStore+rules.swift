import Stepstream

extension ModelStore {
    /// What must hold after every change.
    func check() throws(BrokenRule) {
        if endings > 1 { throw BrokenRule("ended twice") }
        try checkBudgets()
        if operation.status.isEnded { return try checkEnd() }
        if operation.phase == .undoFailed { return try checkUndoFailed() }
        try checkCarriers()
        try checkUndos()
    }

    /// Exactly one record is to be worked on, and exactly one message or timer leads to it. A sync step may have a second: the recovery
    /// timer, when its process was slow rather than dead.
    private func checkCarriers() throws(BrokenRule) {
        let runs = operation.steps.filter { !$0.value.status.isEnded }.map { Work(.run, $0.key) }
        let undos = operation.undos.filter { !$0.value.status.isEnded && $0.value.status != .waiting }.map { Work(.undo, $0.key) }
        let active = runs + undos
        guard active.count == 1, let work = active.first else { throw BrokenRule("\(active.count) records are to be worked on") }
        let carriers = entries.count { $0.message.work == work } + timers.count { $0.work == work }
        let isSync = work.action == .run && decisions.definition.step(work.step)?.mode == .sync
        if carriers == 0 { throw BrokenRule("nothing leads to \(work)") }
        if carriers > (isSync ? 2 : 1) { throw BrokenRule("\(carriers) messages or timers lead to \(work)") }
        let others = timers.filter { $0.work != work }
        if !others.isEmpty { throw BrokenRule("a timer without purpose: \(others[0].work)") }
    }

    private func checkBudgets() throws(BrokenRule) {
        for (name, record) in operation.steps { try check(record, Work(.run, name)) }
        for (name, record) in operation.undos { try check(record, Work(.undo, name)) }
    }

    private func check(_ record: StepRecord, _ work: Work) throws(BrokenRule) {
        let budget = decisions.execution(of: work)?.retry.attempts ?? 0
        if record.attempts < 0 || record.attempts > budget { throw BrokenRule("\(record.attempts) attempts of \(budget) for \(work)") }
        // The commit that ends a poison step can crash its worker too, so the count goes on; but the step can only fail.
        if record.crashes > Decisions.poisonCrashes, ![.running, .failed, .canceled].contains(record.status) {
            throw BrokenRule("\(work) is \(record.status) after \(record.crashes) crashes")
        }
    }

    /// Undos run newest first, and only of steps that were begun and that no pivot protects.
    private func checkUndos() throws(BrokenRule) {
        let positions = undosBegun.compactMap { decisions.definition.index(of: $0) }
        if positions != positions.sorted(by: >) { throw BrokenRule("undone in the order \(undosBegun)") }
        if !stepsBegun.isSuperset(of: undosBegun) { throw BrokenRule("undone without having been begun") }
        let pivot = decisions.definition.steps.lastIndex { $0.undo == .pivot && operation.steps[$0.name]?.status == .succeeded } ?? -1
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
            if operation.error != nil { throw BrokenRule("canceled with an error") }
            try checkNothingLeft()
        case .notStarted, .running:
            throw BrokenRule("not an end")
        }
    }

    /// What was done, or may have been, is undone where the definition says how and no pivot forbids it.
    private func checkNothingLeft() throws(BrokenRule) {
        let pivot = decisions.definition.steps.lastIndex { $0.undo == .pivot && operation.steps[$0.name]?.status == .succeeded } ?? -1
        for (position, step) in decisions.definition.steps.enumerated() where position > pivot && step.undo.compensation != nil {
            guard let record = operation.steps[step.name], record.status == .succeeded || record.isUncertain else { continue }
            if operation.undos[step.name]?.status != .succeeded { throw BrokenRule("\(step.name) was not undone") }
        }
        if (operation.phase == .undone) == undosBegun.isEmpty {
            throw BrokenRule("phase \(operation.phase) after \(undosBegun.count) undos")
        }
    }

    private func checkUndoFailed() throws(BrokenRule) {
        if operation.status != .running { throw BrokenRule("an operation whose undo failed is \(operation.status)") }
        if !timers.isEmpty { throw BrokenRule("a timer although the undo failed") }
        if !operation.undos.values.contains(where: { $0.status == .failed }) { throw BrokenRule("undo-failed without a failed undo") }
    }
}
