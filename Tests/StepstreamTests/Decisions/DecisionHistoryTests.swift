import FoundationEssentials
import Stepstream
import Testing

@Suite("Decisions over random histories")
struct DecisionHistoryTests {
    /// `STEPSTREAM_HISTORIES` asks for more, `STEPSTREAM_SEED` for those of an earlier run.
    private static let count = ProcessInfo.processInfo.environment["STEPSTREAM_HISTORIES"].flatMap { Int($0) } ?? 100_000
    private static let seed = ProcessInfo.processInfo.environment["STEPSTREAM_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)

    @Test("every history keeps the rules, whatever fails, crashes, repeats or is canceled", arguments: 0..<2)
    func histories(half: Int) {
        print("STEPSTREAM_SEED=\(Self.seed), half \(half)")
        var endings: [String: Int] = [:]
        var decisions: [Decisions] = []
        var makers = SeededDraw(seed: Self.seed &+ UInt64(half))
        for _ in 0..<500 { decisions.append(.random(&makers)) }
        for number in stride(from: half, to: Self.count, by: 2) {
            var history = RandomHistory(decisions[number % decisions.count], seed: Self.seed &+ UInt64(number) &* 7919)
            do throws(BrokenRule) {
                endings[try history.run(), default: 0] += 1
            } catch {
                Issue.record("history \(number) of seed \(Self.seed): \(error.words)\n\(history.log.joined(separator: "\n"))")
                return
            }
        }
        // A generator that never reaches an ending proves nothing about it.
        for ending in ["Succeeded done", "Failed done", "Failed undone", "Canceled done", "Canceled undone", "Running undo-failed"] {
            #expect(endings[ending, default: 0] > 0, "no history ended as \(ending): \(endings)")
        }
    }
}

/// One operation from its submission to its end, by chance.
struct RandomHistory {
    let decisions: Decisions
    private(set) var log: [String] = []
    private var draw: SeededDraw
    private var store: ModelStore?
    private let runsInline: Bool

    init(_ decisions: Decisions, seed: UInt64) {
        self.decisions = decisions
        draw = SeededDraw(seed: seed)
        runsInline = draw.chance(50)
    }

    /// Returns how it ended: status and phase.
    mutating func run() throws(BrokenRule) -> String {
        let notBefore: Milliseconds? = draw.chance(10) ? 1 : nil
        let isInline = runsInline && notBefore == nil
        let submission = decisions.submit(ModelStore.id, inline: isInline, recovery: 30_000, notBefore: notBefore)
        var store = try ModelStore(decisions, submission)
        defer { self.store = store }
        try store.check()
        // Wild first, then only what brings the operation on, so that every history ends.
        for step in 0..<400 {
            if store.operation.status.isEnded || store.operation.phase == .undoFailed { break }
            try act(&store, isWild: step < 30)
            try store.check()
        }
        try finish(&store)
        return "\(store.operation.status.rawValue) \(store.operation.phase.rawValue)"
    }

    private mutating func act(_ store: inout ModelStore, isWild: Bool) throws(BrokenRule) {
        let choice = Int.random(in: 0..<100, using: &draw)
        switch choice {
        case 0..<4 where isWild:
            log.append("cancel")
            try store.cancel()
        case 4..<12 where isWild && !store.attempts.isEmpty:
            let index = Int.random(in: 0..<store.attempts.count, using: &draw)
            store.attempts[index].isAlive = false
            log.append("crash \(store.attempts[index].work)")
        case 12..<20 where runsInline:
            beginInline(&store)
        case 20..<40 where !store.timers.isEmpty:
            store.fire(draw.one(of: store.timers))
            log.append("timer")
        case 40..<70 where !store.entries.isEmpty:
            let entry = draw.one(of: store.entries)
            log.append("deliver \(entry.message.work): \(store.begin(entry.message, entry: entry))")
        default:
            guard !store.attempts.isEmpty else { return }
            let index = Int.random(in: 0..<store.attempts.count, using: &draw)
            let work = store.attempts[index].work
            let outcome = isWild ? randomOutcome() : .succeeded(.null)
            let circumstances = Circumstances(inline: runsInline && draw.chance(70), random: 0.5)
            let isApplied = try store.settle(index, outcome, in: circumstances)
            log.append("settle \(work) \(outcome): \(isApplied)")
        }
    }

    private mutating func beginInline(_ store: inout ModelStore) {
        guard let step = decisions.definition.steps.first(where: { store.operation.steps[$0.name]?.status == .waiting }) else { return }
        guard step.mode == .sync, store.operation.phase != .scheduled else { return }
        let work = Work(.run, step.name)
        let message = Message(operation: ModelStore.id, work: work, queue: decisions.queue(of: work), definition: decisions.version)
        log.append("begin inline \(step.name): \(store.begin(message, entry: nil))")
    }

    private mutating func randomOutcome() -> Outcome {
        switch Int.random(in: 0..<100, using: &draw) {
        case 0..<62: .succeeded(.null)
        case 62..<74: .failed(.made, retry: .byPolicy(after: nil))
        case 74..<80: .failed(.made, retry: .never)
        case 80..<92: .unknown(.made)
        default: .handedBack
        }
    }

    /// Whatever still comes after the end changes nothing.
    private mutating func finish(_ store: inout ModelStore) throws(BrokenRule) {
        guard store.operation.status.isEnded || store.operation.phase == .undoFailed else { throw BrokenRule("came to no end") }
        let before = store.operation
        try store.cancel()
        for entry in store.entries where store.begin(entry.message, entry: entry) { throw BrokenRule("begun after the end") }
        while !store.attempts.isEmpty {
            if try store.settle(0, randomOutcome(), in: Circumstances(random: 0.5)) { throw BrokenRule("settled after the end") }
        }
        if store.operation != before { throw BrokenRule("changed after the end") }
        if !store.entries.isEmpty { throw BrokenRule("\(store.entries.count) messages were left") }
    }
}

extension Decisions {
    /// Definitions of 1-6 steps: sync ones first, some with an undo, at most one pivot, small budgets.
    static func random(_ draw: inout SeededDraw) -> Decisions {
        let count = Int.random(in: 1...6, using: &draw)
        let syncSteps = draw.chance(50) ? Int.random(in: 0...count, using: &draw) : 0
        let pivot = draw.chance(30) ? Int.random(in: 0..<count, using: &draw) : nil
        let steps = (0..<count).map { number in
            var step = Step(name: Definition.name("step", number), handler: .swift("made-up"))
            if number < syncSteps { step.mode = .sync }
            step.retry = RetryPolicy(attempts: Int.random(in: 1...3, using: &draw))
            if number == pivot {
                step.undo = .pivot
            } else if draw.chance(60) {
                let retry = RetryPolicy(attempts: Int.random(in: 1...3, using: &draw))
                step.undo = .handler(.init(handler: .swift("undo"), queue: draw.chance(30) ? "undo" : nil, retry: retry))
            }
            return step
        }
        // swift-format-ignore: NeverForceUnwrap
        return Decisions(Definition(type: "made-up", steps: steps), version: DefinitionVersion("0123456789abcdef")!)
    }
}
