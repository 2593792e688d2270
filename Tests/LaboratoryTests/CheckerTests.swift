import Laboratory
import Testing

@Suite("The checker")
struct CheckerTests {
    /// A run of one saga that did `a` and `b` and ended.
    private func run(_ change: (inout RunLogs) -> Void = { _ in }, expect: (inout Expectations) -> Void = { _ in }) -> [Violation] {
        var logs = RunLogs()
        logs.submissions = [.init(1, .request, "o", type: "two"), .init(2, .accepted, "o", type: "two")]
        logs.ledger = [
            .init(10, .call, call: 1, "o", "a", epoch: 5), .init(11, .effective, call: 1, "o", "a", epoch: 5),
            .init(12, .answered, call: 1, "o", "a", epoch: 5), .init(20, .call, call: 2, "o", "b", epoch: 6),
            .init(21, .effective, call: 2, "o", "b", epoch: 6), .init(22, .answered, call: 2, "o", "b", epoch: 6),
        ]
        logs.statuses = [
            .init(9, "o", "NotStarted", phase: "queued", version: 1), .init(15, "o", "Running", phase: "executing", version: 3),
            .init(30, "o", "Succeeded", phase: "done", version: 6),
            .init(40, "o", "Succeeded", phase: "done", version: 6, isFinal: true),
        ]
        logs.faults = [.init(5, "kill", "worker-0")]
        logs.residue = [.init(50, "pending", "0"), .init(50, "live", "0"), .init(50, "consumers", "2")]
        change(&logs)
        var expectations = Expectations()
        expectations.steps = ["two": [(name: "a", hasUndo: true), (name: "b", hasUndo: false)]]
        expect(&expectations)
        return Checker(logs, expectations).check().violations
    }

    private func failed(_ logs: inout RunLogs) {
        logs.statuses = [.init(40, "o", "Failed", phase: "undone", version: 9, isFinal: true)]
    }

    @Test("a run in which everything is right has no violations")
    func clean() {
        #expect(run().isEmpty)
    }

    @Test("an accepted operation that is gone, or has not ended, is found; gone is allowed where Redis was told to forget")
    func oneEnd() {
        let gone = { (logs: inout RunLogs) in logs.statuses = [.init(40, "o", "Absent", phase: "-", version: 0, isFinal: true)] }
        #expect(run(gone).map(\.promise) == [.oneEnd])
        #expect(run(gone) { $0.mayLose = true }.isEmpty)
        let open = { (logs: inout RunLogs) in logs.statuses = [.init(40, "o", "Running", phase: "executing", version: 3, isFinal: true)] }
        #expect(run(open).map(\.promise) == [.oneEnd])
        #expect(run { $0.statuses = [.init(40, "o", "Running", phase: "undo-failed", version: 9, isFinal: true)] }.isEmpty)
    }

    @Test("an end that changes, a status that goes back and an older version are found, also when the end was told to somebody else")
    func histories() {
        #expect(run { $0.statuses[3].status = "Failed" }.contains { $0.promise == .oneEnd })
        #expect(run { $0.statuses.insert(.init(16, "o", "NotStarted", phase: "queued", version: 4), at: 2) }.map(\.promise) == [.oneEnd])
        #expect(run { $0.statuses.insert(.init(16, "o", "Running", phase: "executing", version: 2), at: 2) }.map(\.promise) == [.oneEnd])
        #expect(
            run { $0.statuses.append(.init(17, "o", "Canceled", phase: "done", version: 4, wasTold: true)) }.map(\.promise) == [.oneEnd]
        )
        #expect(run { $0.statuses.append(.init(35, "o", "Succeeded", phase: "done", version: 6, wasTold: true)) }.isEmpty)
    }

    @Test("what was refused must have left nothing, unless another try was accepted or nobody knows")
    func refusals() {
        func refuse(_ logs: inout RunLogs) {
            logs.submissions += [.init(3, .request, "r", type: "two"), .init(4, .refused, "r", type: "two")]
        }
        #expect(run { refuse(&$0) }.isEmpty)
        let exists = run { logs in
            refuse(&logs)
            logs.statuses.append(.init(40, "r", "Running", phase: "queued", version: 1, isFinal: true))
        }
        #expect(exists.map(\.promise) == [.refusedIsNothing])
        let worked = run { logs in
            refuse(&logs)
            logs.ledger.append(.init(41, .call, call: 9, "r", "a", epoch: 9))
        }
        #expect(worked.map(\.promise) == [.refusedIsNothing])
        let unknown = run { logs in
            refuse(&logs)
            logs.submissions.append(.init(5, .unknown, "r", type: "two"))
            logs.ledger.append(.init(41, .call, call: 9, "r", "a", epoch: 9))
        }
        #expect(unknown.isEmpty)
    }

    @Test("one key for two operations is found")
    func keys() {
        #expect(run { $0.submissions += [.init(3, .bound, "o", type: "k"), .init(4, .bound, "o", type: "k")] }.isEmpty)
        #expect(run { $0.submissions += [.init(3, .bound, "o", type: "k"), .init(4, .bound, "p", type: "k")] }.map(\.promise) == [.oneKey])
    }

    @Test("a step that begins again after the next one, runs after its undo, begins before the one before was done, or works after the end")
    func order() {
        let again = run { $0.ledger.append(.init(23, .call, call: 3, "o", "a", epoch: 7)) }
        #expect(again.map(\.promise) == [.oneEffect])
        let after = run {
            $0.ledger += [.init(31, .call, call: 3, "o", "b", epoch: 7), .init(32, .effective, call: 3, "o", "b", epoch: 7)]
        }
        #expect(after.map(\.promise) == [.oneEffect])
        let early = run { $0.ledger.swapAt(2, 3) }
        #expect(early.isEmpty, "the same moments, in another order of lines")
        let overlapping = run { logs in
            logs.ledger[2].time = 25
            logs.ledger.sort { $0.time < $1.time }
        }
        #expect(overlapping.map(\.promise) == [.oneEffect])
        let low = run { logs in for number in 3...5 { logs.ledger[number].epoch = 5 } }
        #expect(low.contains { $0.promise == .oneEffect })
    }

    @Test("a failed operation that kept an effect, or a succeeded one that undid or missed one, is found")
    func undone() {
        #expect(run { failed(&$0) }.map(\.promise) == [.undone])
        let right = run { logs in
            failed(&logs)
            logs.ledger += [
                .init(31, .call, call: 3, "o", "a", isUndo: true, epoch: 7),
                .init(32, .effective, call: 3, "o", "a", isUndo: true, epoch: 7),
            ]
        }
        #expect(right.isEmpty)
        let wrong = run { logs in
            logs.ledger += [
                .init(24, .call, call: 3, "o", "a", isUndo: true, epoch: 7),
                .init(25, .effective, call: 3, "o", "a", isUndo: true, epoch: 7),
            ]
        }
        #expect(wrong.map(\.promise) == [.undone])
        #expect(run { $0.ledger.removeAll { $0.step == "b" } }.map(\.promise) == [.undone])
    }

    @Test(
        "what is left in Redis, a late attempt that was not refused, overlap, slow recovery, an early start and a quiet nemesis are found"
    )
    func rest() {
        #expect(run { $0.residue[0].detail = "3" }.map(\.promise) == [.noResidue])
        #expect(
            run { _ in
            } expect: {
                $0.consumers = 1
            }.map(\.promise) == [.noResidue]
        )
        #expect(
            run { _ in
            } expect: {
                $0.wantsStale = true
            }.map(\.promise) == [.scenario]
        )
        #expect(run { $0.faults = [] }.map(\.promise) == [.scenario])
        #expect(
            run { _ in
            } expect: {
                $0.notBefore = ["o": 12]
            }.map(\.promise) == [.scenario]
        )
        let cut = { (logs: inout RunLogs) in
            logs.ledger.insert(.init(8, .call, call: 0, "o", "a", epoch: 4), at: 0)
            logs.ledger.insert(.init(9, .gone, call: 0, "o", "a", epoch: 4), at: 1)
            for number in 2..<8 { logs.ledger[number].time += 3_000_000 }
            for number in logs.statuses.indices { logs.statuses[number].time += 3_000_000 }
        }
        #expect(run(cut).isEmpty)
        #expect(run(cut) { $0.recovery = 2_000_000 }.map(\.promise) == [.scenario])
        let overlap = { (logs: inout RunLogs) in
            logs.ledger.insert(.init(8, .call, call: 0, "o", "a", epoch: 4), at: 0)
            logs.ledger.append(.init(14, .stale, call: 0, "o", "a", epoch: 4))
        }
        #expect(run(overlap).isEmpty)
        #expect(run(overlap) { $0.forbidsOverlap = true }.map(\.promise) == [.noOverlap])
    }
}
