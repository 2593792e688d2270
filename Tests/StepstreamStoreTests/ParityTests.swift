import FoundationEssentials
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("What the core predicts is what the scripts write", .redis)
struct ParityTests {
    private static let histories = ProcessInfo.processInfo.environment["STEPSTREAM_PARITY_HISTORIES"].flatMap { Int($0) } ?? 60

    @Test("random histories leave the very operation in Redis that the transitions predict", arguments: [1, 3])
    func parity(partitions: Int) async throws {
        var seeds = SystemRandomNumberGenerator()
        let seed = ProcessInfo.processInfo.environment["STEPSTREAM_SEED"].flatMap { UInt64($0) } ?? seeds.next()
        print("STEPSTREAM_SEED=\(seed), \(partitions) partitions")
        try await TestStore.run(configure: { $0.partitions = partitions }) { test in
            var draw = Draw(state: seed)
            let source = test.store.messageSource(queues: ["default"], consumer: "a")
            var endings: Set<Phase> = []
            for _ in 0..<Self.histories {
                var history = LiveHistory(test: test, definition: .random(&draw), source: source, draw: draw)
                endings.insert(try await history.run())
                draw = history.draw
            }
            await source.close()
            #expect(endings.isSuperset(of: [.done, .undone]), "\(endings)")
        }
    }
}

/// One operation on a real store; after every call, what is stored is held against what was predicted.
struct LiveHistory {
    let test: TestStore
    let definition: Definition
    let source: any MessageSource
    var draw: Draw
    private var decisions: Decisions { Decisions(definition, version: definition.version) }

    init(test: TestStore, definition: Definition, source: any MessageSource, draw: Draw) {
        self.test = test
        self.definition = definition
        self.source = source
        self.draw = draw
    }

    /// Returns how it ended.
    mutating func run() async throws -> Phase {
        let isInline = draw.chance(50)
        let accepted = try await test.submit(definition, input: #"{"n":1}"#, inline: isInline)
        try await expect(accepted, "submit")
        for _ in 0..<200 {
            let now = try await test.current(accepted.id)
            if now.status.isEnded { return now.phase }
            if let (transition, words) = interference(with: now) {
                guard case .applied(let version, _) = try await test.store.amend(now, with: transition) else {
                    throw Unexpected(what: "what nobody raced was refused: \(words)")
                }
                #expect(version == now.applying(transition).version)
                try await expect(now.applying(transition), words)
                continue
            }
            if now.phase == .undoFailed || now.phase == .waiting { continue }
            for delivered in try await deliveries(now) { try await attempt(delivered) }
        }
        throw Unexpected(what: "came to no end")
    }

    /// Somebody cancels, the time is over, or an operator acts: always, where nothing else leads on.
    private mutating func interference(with now: Operation) -> (Transition, String)? {
        if draw.chance(4), let transition = decisions.cancel(now) { return (transition, "cancel") }
        if draw.chance(4), let transition = decisions.timeOut(now) { return (transition, "time over") }
        guard draw.chance(now.phase == .undoFailed || now.phase == .waiting ? 90 : 10) else { return nil }
        let act: OperatorAct = draw.chance(40) ? .retry : draw.chance(50) ? .skip(result: nil) : .undo
        do throws(ActRefusal) {
            return (try decisions.act(act, OperatorNote(by: "é \"\\", reason: "\n"), on: now), "\(act)")
        } catch {
            return nil
        }
    }

    /// What can be begun: the sync step that waits for this process, or what is in the queue.
    private func deliveries(_ now: Operation) async throws -> [DeliveredMessage] {
        if let step = definition.steps.first(where: { now.steps[$0.name]?.status == .waiting }) {
            let work = Work(.run, step.name)
            return [DeliveredMessage(Message(operation: now.id, work: work, queue: "default", definition: definition.version), entry: nil)]
        }
        _ = try await test.store.promoteDueTimers(limit: 100)
        return try await source.next(limit: 10)
    }

    private mutating func attempt(_ delivered: DeliveredMessage) async throws {
        let dies = draw.chance(8)
        let options = test.options(definition, lease: dies ? 1 : 60_000)
        guard case .begun(var lease, var begun)? = try await test.store.begin([delivered], with: options).first else { return }
        try await expectBegun(begun, lease)
        if dies {
            let stale = (lease, begun)
            var answer = BeginAnswer.held
            while case .held = answer { answer = try await test.store.begin([delivered], with: test.options(definition, consumer: "b"))[0] }
            guard case .begun(let second, let again) = answer else { throw Unexpected(what: "\(answer)") }
            #expect(again.record(second.message.work)?.crashes == (begun.record(second.message.work)?.crashes ?? 0) + 1)
            #expect(again.record(second.message.work)?.isUncertain == true)
            (lease, begun) = (second, again)
            guard case .lost = try await test.settle(definition, stale.0, stale.1, .succeeded(.null)) else {
                throw Unexpected(what: "a stale commit was applied")
            }
        }
        let work = lease.message.work
        let full = try await test.current(begun.id)
        var circumstances = Circumstances(inline: draw.chance(50), recovery: 60_000, random: 0)
        var opening = decisions.opening(of: work, in: begun)
        #expect(opening == decisions.opening(of: work, in: full), "begin shows all that decisions need")
        if case .probe = opening {
            circumstances.isKnownNotDone = draw.chance(40)
            let answer: ProbeAnswer = circumstances.isKnownNotDone ? .notDone : draw.chance(50) ? .done(.null) : .unknown(.made)
            opening = decisions.opening(after: answer, of: work, in: begun)
        }
        var outcome = randomOutcome()
        if case .settle(let settled) = opening { outcome = settled }
        let transition = decisions.settle(work, of: begun, outcome: outcome, in: circumstances)
        #expect(transition == decisions.settle(work, of: full, outcome: outcome, in: circumstances), "begin shows all that decisions need")
        guard case .applied(let version, _) = try await test.store.commit(lease, of: begun, transition) else {
            throw Unexpected(what: "the rightful commit was refused")
        }
        #expect(version == full.applying(transition).version)
        try await expect(full.applying(transition), "\(work) \(outcome)")
        guard case .lost = try await test.store.commit(lease, of: begun, transition) else {
            throw Unexpected(what: "a commit was applied twice")
        }
        try await expect(full.applying(transition), "the same again")
    }

    private mutating func randomOutcome() -> Outcome {
        switch Int.random(in: 0..<100, using: &draw) {
        case 0..<60: .succeeded(JSONText(trusted: #"{"a":"é\u0000"}"#))
        case 60..<74: .failed(.made, retry: .byPolicy(after: nil))
        case 74..<82: .failed(.made, retry: .never)
        case 82..<92: .unknown(.made)
        default: .handedBack
        }
    }

    private func expect(_ predicted: Operation, _ words: String) async throws {
        let stored = try await test.current(predicted.id, withEvents: true)
        #expect(comparable(stored) == comparable(predicted), "after \(words)")
        #expect(stored.events.map(\.sequence) == Array(1...stored.version), "after \(words)")
    }

    private func expectBegun(_ begun: Operation, _ lease: Lease) async throws {
        let stored = try await test.current(begun.id)
        let record = try #require(stored.record(lease.message.work))
        #expect(record.epoch == lease.epoch)
        #expect(record.owner == lease.consumer)
        #expect(record.lease ?? 0 > record.startedAt ?? 0)
        #expect(stored.version == begun.version && stored.status == begun.status && stored.phase == begun.phase)
        #expect(stored.cancelRequested == begun.cancelRequested && stored.input == begun.input)
        for step in definition.steps {
            for work in [Work(.run, step.name), Work(.undo, step.name)] {
                #expect(stored.record(work)?.status == begun.record(work)?.status, "\(work)")
            }
            #expect(stored.steps[step.name]?.isUncertain ?? false == begun.steps[step.name]?.isUncertain ?? false)
            #expect(stored.steps[step.name]?.result == begun.steps[step.name]?.result)
        }
    }

    /// Without what only the store knows: times, and what the store keeps for itself.
    private func comparable(_ operation: Operation) -> Operation {
        var operation = operation
        operation.createdAt = 0
        operation.updatedAt = 0
        operation.endedAt = nil
        operation.expiresAt = nil
        operation.events = []
        for name in operation.steps.keys { operation.steps[name]?.forgetTimes() }
        for name in operation.undos.keys { operation.undos[name]?.forgetTimes() }
        return operation
    }
}

extension StepRecord {
    fileprivate mutating func forgetTimes() {
        startedAt = nil
        endedAt = nil
    }
}

extension Problem {
    fileprivate static let made = Problem(type: "/problems/made-up", title: "Made up \"é\"", detail: "line\n")
}

extension Definition {
    fileprivate static func random(_ draw: inout Draw) -> Definition {
        let count = Int.random(in: 1...4, using: &draw)
        let syncSteps = Int.random(in: 0...count, using: &draw)
        let pivot = draw.chance(20) ? Int.random(in: 0..<count, using: &draw) : nil
        let names: [Name] = ["one", "two", "three", "four"]
        let steps = (0..<count).map { number in
            let unknown: [UnknownPolicy] = [.retry, .hold, .probe(.init(handler: .swift("p")))]
            let retry = { (draw: inout Draw) in RetryPolicy(attempts: Int.random(in: 1...3, using: &draw), firstDelay: 0, jitter: .none) }
            var step = Step(name: names[number], handler: .swift("made-up"), retry: retry(&draw))
            if number < syncSteps { step.mode = .sync }
            step.onUnknown = unknown[Int.random(in: 0..<3, using: &draw)]
            if number == pivot {
                step.undo = .pivot
            } else if draw.chance(60) {
                step.undo = .handler(.init(handler: .swift("u"), retry: retry(&draw)))
            }
            return step
        }
        return Definition(type: "made-up", timeout: draw.chance(50) ? 3_600_000 : nil, steps: steps)
    }
}

/// Draws that a seed repeats (SplitMix64).
struct Draw: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
