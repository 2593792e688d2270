import Rigging
import Stepstream

/// One operation from its submission to its end, by chance.
struct RandomHistory {
    let decisions: Decisions
    /// What happened; only kept when asked for.
    private(set) var log: [String] = []
    private let isLogging: Bool
    private var draw: SeededDraw
    private let runsInline: Bool
    private let hasOperator: Bool

    init(_ decisions: Decisions, seed: UInt64, isLogging: Bool) {
        self.decisions = decisions
        self.isLogging = isLogging
        draw = SeededDraw(seed: seed)
        runsInline = draw.chance(50)
        hasOperator = draw.chance(70)
    }

    /// Returns how it ended: status and phase.
    mutating func run() throws(BrokenRule) -> String {
        let notBefore: Milliseconds? = draw.chance(10) ? 1 : nil
        let isInline = runsInline && notBefore == nil
        let submission = decisions.submit(ModelStore.id, inline: isInline, recovery: 30_000, notBefore: notBefore)
        var store = try ModelStore(decisions, submission)
        try store.check()
        // Wild first, then only what brings the operation on, so that every history ends.
        var step = 0
        while !isOver(store.operation.status, store.needsAttention), step < 400 {
            if try act(&store, isWild: step < 30) { try store.check() }
            step += 1
        }
        try finish(&store)
        return "\(store.operation.status.rawValue) \(store.operation.phase.rawValue)"
    }

    private func isOver(_ status: Status, _ needsAttention: Bool) -> Bool {
        status.isEnded || !hasOperator && needsAttention
    }

    private mutating func note(_ words: @autoclosure () -> String) {
        if isLogging { log.append(words()) }
    }

    /// Returns whether anything was tried.
    private mutating func act(_ store: inout ModelStore, isWild: Bool) throws(BrokenRule) -> Bool {
        let seen = draw.chance(30) ? store.before : store.operation
        switch draw.number(below: 100) {
        case 0..<3 where isWild:
            note("cancel")
            try store.cancel(seen)
        case 3..<6 where isWild && decisions.definition.deadline != nil:
            note("time over")
            try store.passDeadline(seen)
        case 6..<10 where isWild && hasOperator, 0..<40 where store.needsAttention:
            let act = randomAct()
            let isPossible = try store.act(act, seen)
            note("\(act): \(isPossible)")
        case 4..<12 where isWild && !store.attempts.isEmpty:
            let index = draw.number(below: store.attempts.count)
            let chance = randomChance()
            note("crash \(store.attempts[index].work) \(chance)")
            try store.crash(index, chance)
        case 12..<20 where runsInline:
            beginInline(&store)
        case 20..<40 where !store.timers.isEmpty:
            store.fire(draw.one(of: store.timers))
            note("timer")
        case 40..<70 where !store.entries.isEmpty:
            let entry = draw.one(of: store.entries)
            let isBegun = store.begin(entry.message, entry: entry)
            note("deliver \(entry.message.work): \(isBegun)")
        default:
            return try settle(&store, isWild: isWild)
        }
        return true
    }

    private mutating func settle(_ store: inout ModelStore, isWild: Bool) throws(BrokenRule) -> Bool {
        guard !store.attempts.isEmpty else { return false }
        let index = draw.number(below: store.attempts.count)
        let attempt = store.attempts[index]
        let chance = isWild ? randomChance() : Chance(outcome: .succeeded(.null), isDone: true, probeKnows: true)
        let context = SettleContext(inline: runsInline && draw.chance(70), random: 0.5)
        let isApplied = try store.settle(index, chance, in: context)
        note("settle \(attempt.work) \(chance): \(isApplied)")
        // The same commit once more, as after an answer that was lost.
        guard isApplied, draw.chance(5) else { return true }
        store.attempts.append(attempt)
        store.attempts[store.attempts.count - 1].isAlive = false
        if try store.settle(store.attempts.count - 1, chance, in: context) { throw BrokenRule("a commit was applied twice") }
        return true
    }

    private mutating func beginInline(_ store: inout ModelStore) {
        guard let step = decisions.definition.steps.first(where: { store.operation.steps[$0.name]?.status == .waiting }) else { return }
        guard step.mode == .sync, store.operation.phase != .scheduled else { return }
        let work = Work(.forward, step.name)
        let message = Message(operation: ModelStore.id, work: work, queue: decisions.queue(of: work), definition: decisions.version)
        let isBegun = store.begin(message, entry: nil)
        note("begin inline \(step.name): \(isBegun)")
    }

    private mutating func randomAct() -> OperatorCommand {
        switch draw.number(below: 3) {
        case 0: .retry
        case 1: .skip(result: draw.chance(30) ? .emptyObject : nil)
        default: .undo
        }
    }

    private mutating func randomChance() -> Chance {
        let outcome: Outcome =
            switch draw.number(below: 100) {
            case 0..<62: .succeeded(.null)
            case 62..<74: .failed(.made, retry: .byPolicy(after: nil))
            case 74..<80: .failed(.made, retry: .never)
            case 80..<92: .unknown(.made)
            default: .released
            }
        return Chance(outcome: outcome, isDone: draw.chance(50), probeKnows: draw.chance(70))
    }

    /// Whatever still comes after the end changes nothing.
    private mutating func finish(_ store: inout ModelStore) throws(BrokenRule) {
        guard isOver(store.operation.status, store.needsAttention) else { throw BrokenRule("came to no end") }
        let isStuck = !store.operation.status.isEnded
        let last = store.operation
        if !isStuck {
            try store.cancel(store.operation)
            try store.passDeadline(store.operation)
            for act in [OperatorCommand.retry, .skip(result: nil), .undo] where try store.act(act, store.before) {
                throw BrokenRule("\(act) was possible after the end")
            }
        }
        for entry in store.entries where store.begin(entry.message, entry: entry) { throw BrokenRule("begun after the end") }
        while !store.attempts.isEmpty {
            if try store.settle(0, randomChance(), in: SettleContext(random: 0.5)) { throw BrokenRule("settled after the end") }
        }
        if store.operation != last { throw BrokenRule("changed after the end") }
        if !store.entries.isEmpty { throw BrokenRule("\(store.entries.count) messages were left") }
    }
}

extension Decisions {
    /// Definitions of 1-6 steps: sync ones first, some with an undo, at most one pivot, small budgets, every policy.
    static func random(_ draw: inout SeededDraw) -> Decisions {
        let count = Int.random(in: 1...6, using: &draw)
        let syncSteps = draw.chance(50) ? Int.random(in: 0...count, using: &draw) : 0
        let pivot = draw.chance(30) ? Int.random(in: 0..<count, using: &draw) : nil
        let steps = (0..<count).map { number in
            var step = Step(name: Definition.name("step", number), handler: .swift("made-up"))
            if number < syncSteps { step.mode = .sync }
            step.retry = RetryPolicy(attempts: Int.random(in: 1...3, using: &draw))
            step.onUnknown = draw.one(of: [.retry, .retry, .hold, .probe(.init(handler: .swift("probe")))])
            if number == pivot {
                step.undo = .pivot
            } else if draw.chance(60) {
                let retry = RetryPolicy(attempts: Int.random(in: 1...3, using: &draw))
                step.undo = .handler(.init(handler: .swift("undo"), queue: draw.chance(30) ? "undo" : nil, retry: retry))
            }
            return step
        }
        let timeout: Milliseconds? = draw.chance(40) ? 60_000 : nil
        // swift-format-ignore: NeverForceUnwrap
        return Decisions(Definition(type: "made-up", deadline: timeout, steps: steps), version: DefinitionVersion("0123456789abcdef")!)
    }
}
