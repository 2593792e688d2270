extension Checker {
    /// I9: what Redis may still hold when everything has come to rest.
    func residue() -> [Violation] {
        let persons = accepted.count { final($0)?.needsPerson == true }
        var violations: [Violation] = []
        for record in logs.residue {
            guard let number = Int(record.detail) else { continue }
            let allowed: Int? =
                switch record.name {
                case "live": persons
                case "consumers": expectations.consumers
                default: 0
                }
            if let allowed, number > allowed {
                violations.append(.init(.noResidue, "\(number) \(record.name) are left in Redis; \(allowed) may be."))
            }
        }
        return violations
    }

    /// What the scenario itself expects.
    func scenario() -> [Violation] {
        var violations: [Violation] = logs.faults.filter { $0.name == "broken" }.map { .init(.scenario, $0.detail) }
        let stale = logs.ledger.count { $0.event == .stale }
        if expectations.wantsStale, stale == 0 {
            violations.append(.init(.scenario, "No late attempt was refused: the scenario did not do what it is for."))
        }
        if expectations.forbidsOverlap, overlaps > 0 {
            violations.append(.init(.noOverlap, "\(overlaps) attempts began while an older one was at work."))
        }
        if let limit = expectations.recovery, let worst = recoveries.max(), worst * 1000 > limit {
            violations.append(
                .init(.scenario, "An attempt that was cut off was taken up after \(worst) ms; \(limit / 1000) ms are allowed.")
            )
        }
        for (operation, due) in expectations.notBefore {
            guard let first = ledger[operation]?.first(where: { $0.event == .call }), first.time < due else { continue }
            violations.append(.init(.scenario, "\(operation) began \((due - first.time) / 1000) ms before its time."))
        }
        if let limit = expectations.refusedWithin { violations += slowRefusals(limit) }
        if logs.faults.count == 0, expectations.wantsFaults { violations.append(.init(.scenario, "Nothing was done to the program.")) }
        return violations
    }

    private func slowRefusals(_ limit: Int64) -> [Violation] {
        var sent: [String: Int64] = [:]
        return logs.submissions.compactMap { record in
            switch record.fate {
            case .request: sent[record.operation] = record.time
            case .refused, .unknown:
                guard let begin = sent[record.operation], record.time - begin > limit else { return nil }
                return .init(.scenario, "\(record.operation) was told after \((record.time - begin) / 1000) ms that it is not accepted.")
            case .accepted, .bound: break
            }
            return nil
        }
    }
}
