extension Checker {
    /// Steps that had an effect that was not once: done, undone and done again, or begun again after a later one.
    var duplicates: Int { order().count }

    /// I2: the attempts of an operation, by epoch, go through its steps forwards and then back, no effect is of a lower epoch than the
    /// one before, and there is none once the operation was seen to have ended.
    func order() -> [Violation] {
        guard !expectations.mayRewind else { return [] }
        return ledger.sorted { $0.key < $1.key }.flatMap { operation, records in
            attempts(of: operation, records) + early(operation, records) + rising(operation, records) + afterEnd(operation, records)
        }
    }

    private func attempts(of operation: String, _ records: [LedgerRecord]) -> [Violation] {
        guard let steps = expectations.steps[types[operation] ?? ""] else { return [] }
        let indices = Dictionary(uniqueKeysWithValues: steps.enumerated().map { ($1.name, $0) })
        let calls = records.filter { $0.event == .call }.sorted { $0.epoch < $1.epoch }
        var violations: [Violation] = []
        for (old, new) in zip(calls, calls.dropFirst()) where old.epoch < new.epoch {
            guard let before = indices[old.step], let after = indices[new.step] else { continue }
            let isRight =
                switch (old.isUndo, new.isUndo) {
                case (false, false): after == before || after == before + 1
                // The undo of a step that had begun, though its handler was not called yet, comes first.
                case (false, true): after <= before + 1
                case (true, true): after <= before
                case (true, false): false
                }
            if !isRight {
                let words =
                    "\(operation): after \(old.step)\(old.isUndo ? "'s undo" : "") came \(new.step)\(new.isUndo ? "'s undo" : ""), epoch \(new.epoch)."
                violations.append(.init(.oneEffect, words))
            }
        }
        return violations
    }

    /// The last attempt of a step must have been answered before the next step begins.
    private func early(_ operation: String, _ records: [LedgerRecord]) -> [Violation] {
        let calls = records.filter { $0.event == .call && !$0.isUndo }.sorted { $0.epoch < $1.epoch }
        let answers = Dictionary(records.filter { $0.event == .answered }.map { ($0.call, $0.time) }) { $1 }
        return zip(calls, calls.dropFirst()).compactMap { old, new in
            guard old.step != new.step, (answers[old.call] ?? .max) > new.time else { return nil }
            return .init(
                .oneEffect,
                "\(operation): \(new.step) began, epoch \(new.epoch), before \(old.step) had been answered, epoch \(old.epoch)."
            )
        }
    }

    private func rising(_ operation: String, _ records: [LedgerRecord]) -> [Violation] {
        let effects = records.filter { $0.event == .effective }
        return zip(effects, effects.dropFirst()).compactMap { old, new in
            guard new.epoch <= old.epoch else { return nil }
            return .init(
                .oneEffect,
                "\(operation): the effect of \(new.step) has epoch \(new.epoch), the one of \(old.step) before it \(old.epoch)."
            )
        }
    }

    private func afterEnd(_ operation: String, _ records: [LedgerRecord]) -> [Violation] {
        guard let end = statuses[operation]?.first(where: \.isEnded)?.time else { return [] }
        return records.filter { $0.time > end && $0.event == .effective }.map { record in
            .init(.oneEffect, "\(operation): \(record.step) had an effect after the operation was seen to have ended.")
        }
    }

    /// I4: what did not succeed has undone what it did, newest first; what succeeded has undone nothing.
    func undone() -> [Violation] {
        guard !expectations.mayLose else { return [] }
        return accepted.sorted().flatMap { operation -> [Violation] in
            guard let steps = expectations.steps[types[operation] ?? ""], let final = final(operation), final.isEnded else { return [] }
            let effects = (ledger[operation] ?? []).filter { $0.event == .effective }
            let undone = effects.filter(\.isUndo).map(\.step)
            let done = effects.filter { !$0.isUndo }.map(\.step)
            guard final.status != "Succeeded" else {
                let missing = steps.map(\.name).filter { !done.contains($0) }
                return (undone.isEmpty ? [] : [.init(.undone, "\(operation) succeeded, and \(undone.joined(separator: ", ")) was undone.")])
                    + (missing.isEmpty || !expectations.ledgerSeesAll
                        ? [] : [.init(.undone, "\(operation) succeeded, and \(missing.joined(separator: ", ")) was never done.")])
            }
            let undoable = Set(steps.filter(\.hasUndo).map(\.name))
            let expected = Array(done.filter { undoable.contains($0) }.reversed())
            guard expected != undone else { return [] }
            return [
                .init(
                    .undone,
                    "\(operation) \(final.status): did \(done.joined(separator: ", ")), undid \(undone.joined(separator: ", "))."
                )
            ]
        }
    }
}
