extension Checker {
    /// I1 and I14: every accepted operation has come to one end, and the sums agree.
    func ends() -> [Violation] {
        var violations: [Violation] = []
        var sums = (ended: 0, person: 0, lost: 0)
        for operation in accepted.sorted() {
            guard let final = final(operation), final.status != "Absent" else {
                sums.lost += 1
                if !expectations.mayLose { violations.append(.init(.oneEnd, "\(operation) was accepted and is not known any more.")) }
                continue
            }
            if final.isEnded {
                sums.ended += 1
            } else if final.needsPerson {
                sums.person += 1
            } else {
                violations.append(.init(.oneEnd, "\(operation) has not ended: \(final.status), \(final.phase), version \(final.version)."))
            }
            if expectations.mustFail.contains(types[operation] ?? ""), final.status == "Succeeded" {
                violations.append(.init(.scenario, "\(operation) succeeded, which no operation of its type can."))
            }
            if expectations.mustSucceed.contains(types[operation] ?? ""), final.isEnded, final.status != "Succeeded" {
                violations.append(.init(.scenario, "\(operation) is \(final.status); nothing that was done may have cost it its success."))
            }
        }
        let open = accepted.count - sums.ended - sums.person - sums.lost
        if open != violations.filter({ $0.promise == .oneEnd && $0.words.contains("has not ended") }).count {
            violations.append(.init(.sums, "\(accepted.count) were accepted; \(sums) do not add up to that."))
        }
        return violations
    }

    /// I1: statuses move one way, and nothing follows an end.
    func histories() -> [Violation] {
        // A Redis that forgot shows an older state again.
        guard !expectations.mayRewind else { return [] }
        return statuses.values.flatMap { records in
            let seen = records.filter { !$0.wasTold }
            let told = records.filter(\.wasTold)
            return zip(seen, seen.dropFirst()).compactMap { Self.fault(from: $0, to: $1) }
                + told.compactMap { record in seen.last.flatMap { Self.fault(from: record, to: $0) } }
        }
    }

    private static func fault(from old: StatusRecord, to new: StatusRecord) -> Violation? {
        // Before the submission was answered it may not be there yet.
        guard old.status != "Absent" else { return nil }
        if old.isEnded, old.status != new.status || old.version != new.version {
            return .init(
                .oneEnd,
                "\(old.operation) had ended as \(old.status), version \(old.version), and then was \(new.status), version \(new.version)."
            )
        }
        if new.version < old.version || rank(new) < rank(old) {
            return .init(
                .oneEnd,
                "\(old.operation) went back from \(old.status), version \(old.version), to \(new.status), version \(new.version)."
            )
        }
        return nil
    }

    private static func rank(_ record: StatusRecord) -> Int {
        switch record.status {
        case "Absent": -1
        case "NotStarted": 0
        case "Running": 1
        default: 2
        }
    }

    /// I3: what was refused, and not accepted at another try, has left nothing.
    func refusals() -> [Violation] {
        let refused = Set(logs.submissions.filter { $0.fate == .refused }.map(\.operation)).subtracting(accepted)
        let unknown = Set(logs.submissions.filter { $0.fate == .unknown }.map(\.operation))
        return refused.subtracting(unknown).sorted().flatMap { operation in
            var violations: [Violation] = []
            if let final = final(operation), final.status != "Absent" {
                violations.append(.init(.refusedIsNothing, "\(operation) was refused, and is \(final.status)."))
            }
            if ledger[operation]?.isEmpty == false {
                violations.append(.init(.refusedIsNothing, "\(operation) was refused, and a handler was called."))
            }
            return violations
        }
    }

    /// I5: a key stands for one operation.
    func keys() -> [Violation] {
        let bound = Dictionary(grouping: logs.submissions.filter { $0.fate == .bound }, by: \.type)
        return bound.sorted { $0.key < $1.key }.compactMap { key, records in
            let operations = Set(records.map(\.operation))
            return operations.count > 1 ? .init(.oneKey, "Key \(key) stands for \(operations.sorted().joined(separator: " and ")).") : nil
        }
    }
}
