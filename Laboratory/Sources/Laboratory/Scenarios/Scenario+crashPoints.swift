import ChildProcesses
import Stepstream

// A process dies at each place that has a name.
extension Scenario {
    static let crashPoints = Scenario(
        "R02",
        "a process dies at each of \(Failpoint.allCases.count) named places of claim, run, commit, undo, timers, submission and drain",
        plan: { plan in
            // One of each, so that it is the one that comes there.
            plan.workers = 1
            plan.grace = 400
        },
        expect: { expectations in
            expectations.recovery = 10_000_000
            expectations.consumers = 1
        },
        play: { stage in
            for point in Failpoint.allCases {
                let isHit = try await point.isInAPI ? crashAPI(at: point, stage) : crashWorker(at: point, stage)
                if !isHit { await stage.rig.faults.append("broken \(point.rawValue) was not reached") }
            }
        }
    )

    private static func crashAPI(at point: Failpoint, _ stage: Stage) async throws -> Bool {
        var submitter = OrderSubmitter(rig: stage.rig)
        // A key is released because its request was refused, and would be again.
        submitter.repeatsRefused = point != .beforeKeyRelease
        var isHit = false
        try await stage.underLoad(rate: 30, atLeast: stage.times(20), make: { point.request($0) }, submitter: submitter) {
            isHit = try await stage.rig.crashAPI(0, at: point, count: point == .definitionStored ? 1 : 3)
        }
        return isHit
    }

    private static func crashWorker(at point: Failpoint, _ stage: Stage) async throws -> Bool {
        var isHit = false
        try await stage.underLoad(rate: 30, atLeast: stage.times(20)) { number in
            point.order(number)
        } _: {
            // It dies in the middle of work, and the one that takes over at the named place.
            try await stage.sleep(300)
            isHit = try await stage.rig.crashWorker(0, at: point) {
                try await point.provoke(stage)
                _ = try await stage.rig.worker(0).end(within: .seconds(10))
            }
        }
        return isHit
    }
}

extension Failpoint {
    /// Whether it is the API that comes there.
    var isInAPI: Bool {
        switch self {
        case .beforeReserve, .afterReserve, .definitionStored, .beforeSubmit, .afterSubmit, .beforeInline, .afterInlineBegin, .afterInline,
            .afterDurability, .beforeAnswer, .beforeKeep, .beforeKeyRelease, .beforeCancel, .afterCancel:
            true
        case .afterClaim, .beforeSnooze, .afterSnooze, .beforeBegin, .afterBegin, .beforeRun, .afterRun, .beforeUndo, .afterUndo,
            .beforeCommit, .commitRepeats, .commitChanged, .afterCommit, .afterRelease, .beforeRenew, .afterRenew, .leaseLost,
            .afterReclaim, .beforePromote, .afterPromote, .beforeTakeBack, .afterTakeBack, .afterNotice, .drainBegins, .beforeReturn,
            .drainReturns, .drainEnds:
            false
        }
    }

    /// An operation whose submission leads the API there.
    fileprivate func request(_ number: Int) -> Order {
        var order = Order("\(rawValue)-\(number)", number % 3 == 0 ? "saga" : "mixed", acts: ["a": ["slow:10"], "b": ["slow:30"]])
        if number.isMultiple(of: 2) { order.key = order.id }
        switch self {
        case .beforeCancel, .afterCancel: order.cancelAfter = 5
        case .afterDurability: order.durability = "memory"
        case .beforeKeyRelease:
            // More than Redis keeps here: it is refused once its key is reserved.
            order.key = order.id
            order.durability = "fsync"
        case .beforeReserve, .afterReserve, .definitionStored, .beforeSubmit, .afterSubmit, .beforeInline, .afterInlineBegin, .afterInline,
            .beforeAnswer, .beforeKeep, .afterClaim, .beforeSnooze, .afterSnooze, .beforeBegin, .afterBegin, .beforeRun, .afterRun,
            .beforeUndo, .afterUndo, .beforeCommit, .commitRepeats, .commitChanged, .afterCommit, .afterRelease, .beforeRenew, .afterRenew,
            .leaseLost, .afterReclaim, .beforePromote, .afterPromote, .beforeTakeBack, .afterTakeBack, .afterNotice, .drainBegins,
            .beforeReturn, .drainReturns, .drainEnds:
            break
        }
        return order
    }

    /// An operation that leads a worker there.
    fileprivate func order(_ number: Int) -> Order {
        let id = "\(rawValue)-\(number)"
        switch self {
        case .beforeSnooze, .afterSnooze:
            var order = Order(id, number.isMultiple(of: 2) ? "absent" : "single")
            order.cancelAfter = 2500
            return order
        case .beforeUndo, .afterUndo: return Order(id, "saga", acts: ["c": ["decline"]])
        case .beforePromote, .afterPromote: return Order(id, "plain", acts: ["b": ["busy", "busy"]])
        case .beforeTakeBack, .afterTakeBack: return Order(id, "brief", acts: ["b": ["slow:4000"]])
        case .afterNotice, .commitChanged:
            var order = Order(id, "saga", acts: ["a": ["slow:150"], "b": ["slow:150"]])
            order.cancelAfter = Int64(number * 13 % 300)
            return order
        case .commitRepeats: return Order(id, "saga", acts: ["a": ["slow:150"], "b": ["slow:150"], "c": ["slow:150"], "d": ["slow:150"]])
        case .beforeRenew, .afterRenew, .leaseLost, .afterRelease, .drainReturns, .afterReclaim:
            return Order(id, "saga", acts: ["a": ["slow:1200"], "b": ["slow:900"]])
        case .beforeReserve, .afterReserve, .definitionStored, .beforeSubmit, .afterSubmit, .beforeInline, .afterInlineBegin, .afterInline,
            .afterDurability, .beforeAnswer, .beforeKeep, .beforeKeyRelease, .beforeCancel, .afterCancel, .afterClaim, .beforeBegin,
            .afterBegin, .beforeRun, .afterRun, .beforeCommit, .afterCommit, .drainBegins, .beforeReturn, .drainEnds:
            return Order(id, "saga", acts: ["a": ["slow:20"]])
        }
    }

    /// What has to happen besides, for a worker to come there.
    fileprivate func provoke(_ stage: Stage) async throws {
        try await stage.sleep(400)
        switch self {
        case .leaseLost: try await stage.rig.pauseWorker(0, for: stage.rig.plan.lease * 2)
        case .commitRepeats:
            // In the middle of steps, so that they end while Redis refuses writes.
            try await stage.sleep(800)
            try await stage.rig.configure("min-replicas-to-write", "1", back: "0", for: 600)
        case .afterRelease, .drainBegins, .beforeReturn, .drainReturns, .drainEnds: try stage.rig.worker(0).send(15)
        case .beforeReserve, .afterReserve, .definitionStored, .beforeSubmit, .afterSubmit, .beforeInline, .afterInlineBegin, .afterInline,
            .afterDurability, .beforeAnswer, .beforeKeep, .beforeKeyRelease, .beforeCancel, .afterCancel, .afterClaim, .beforeSnooze,
            .afterSnooze, .beforeBegin, .afterBegin, .beforeRun, .afterRun, .beforeUndo, .afterUndo, .beforeCommit, .commitChanged,
            .afterCommit, .beforeRenew, .afterRenew, .afterReclaim, .beforePromote, .afterPromote, .beforeTakeBack, .afterTakeBack,
            .afterNotice:
            break
        }
    }
}
