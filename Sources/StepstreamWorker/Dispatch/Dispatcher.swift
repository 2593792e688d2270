import Logging
import Stepstream

/// Takes claimed messages from their claim to the commit of their steps.
struct Dispatcher: Sendable {
    let store: any WorkStore
    let definitions: DefinitionCache
    let executor: StepExecutor
    let leases: LeaseKeeper
    let slots: Slots
    let timers: TimerLoop
    let retry: StoreRetry
    let unrunnable: UnrunnableReport
    let snoozeDelay: Milliseconds
    let clock: any MonotonicClock
    let logger: Logger

    /// Work that was begun. A class, as it is handed from array to task to executor: copying its many parts costs more than running a
    /// short step.
    private final class BegunWork: Sendable {
        let lease: Lease
        let operation: Operation
        let decisions: Decisions
        /// When the call that began it was made.
        let asked: Duration

        init(_ lease: Lease, operation: Operation, decisions: Decisions, asked: Duration) {
            self.lease = lease
            self.operation = operation
            self.decisions = decisions
            self.asked = asked
        }
    }

    /// Processes `messages` in `group`, as many at once as there are slots for `kind`. What is left when the worker ends is returned unbegun.
    func dispatch(_ messages: [DeliveredMessage], as kind: Slots.Kind, in group: inout DiscardingTaskGroup) async {
        var rest = messages[...]
        while !rest.isEmpty {
            let taken = await slots.take(upTo: rest.count, for: kind)
            guard taken > 0 else { return await returnUnbegun(Array(rest)) }
            let batch = Array(rest.prefix(taken))
            rest = rest.dropFirst(taken)
            group.addTask { await process(batch) }
        }
    }

    /// Begins `messages` in one call and runs what was begun; returns when all of it has been committed.
    ///
    /// A slot has been taken for each message; every slot is given back as soon as it is not needed.
    private func process(_ messages: [DeliveredMessage]) async {
        let begun = await begin(messages)
        slots.release(messages.count - begun.count)
        await withDiscardingTaskGroup { group in
            for step in begun {
                group.addTask {
                    _ = await executor.execute(step.lease, of: step.operation, by: step.decisions, askedAt: step.asked)
                    slots.release(1)
                }
            }
        }
    }

    /// Returns messages that were claimed but will not be begun, because the worker ends.
    func returnUnbegun(_ messages: [DeliveredMessage]) async {
        guard !messages.isEmpty else { return }
        await snooze(messages, after: 0, because: .workerEnds)
        await timers.promoteOnce()
    }

    private func begin(_ messages: [DeliveredMessage]) async -> [BegunWork] {
        let known = await decisions(of: messages)
        var runnable: [DeliveredMessage] = []
        runnable.reserveCapacity(messages.count)
        var unrunnable: [Problem: [DeliveredMessage]] = [:]
        // Those of one step mostly follow each other.
        var last: (message: Message, problem: Problem?)?
        for delivered in messages {
            let message = delivered.message
            if let last, last.problem == nil, last.message.work == message.work, last.message.definition == message.definition {
                runnable.append(delivered)
                continue
            }
            guard let decisions = known[message.definition] else { continue }
            let problem =
                decisions.map { executor.missing(for: message.work, by: $0) } ?? Problem.unknownDefinition(message.definition)
            last = (message, problem)
            if let problem {
                unrunnable[problem, default: []].append(delivered)
            } else {
                runnable.append(delivered)
            }
        }
        for (problem, messages) in unrunnable {
            self.unrunnable.note(problem, for: messages[0].message, count: messages.count)
            await snooze(messages, after: Milliseconds(.random(in: snoozeDelay.count...snoozeDelay.count * 3 / 2)), because: problem)
        }
        return await begin(runnable, known: known.compactMapValues { $0 })
    }

    /// The decisions by version: nil for a version that the store does not know, none at all for one that could not be read now.
    private func decisions(of messages: [DeliveredMessage]) async -> [DefinitionVersion: Decisions?] {
        var known: [DefinitionVersion: Decisions?] = [:]
        for version in versions(of: messages) {
            do throws(StoreError) {
                let decisions = try await retry.repeating(.definition) { () async throws(StoreError) in
                    try await definitions.decisions(version)
                }
                known.updateValue(decisions, forKey: version)
            } catch {
                leave(messages.filter { $0.message.definition == version }, after: error)
            }
        }
        return known
    }

    /// Each once; those of one definition mostly follow each other.
    private func versions(of messages: [DeliveredMessage]) -> [DefinitionVersion] {
        var versions: [DefinitionVersion] = []
        for message in messages {
            let version = message.message.definition
            if version != versions.last, !versions.contains(version) { versions.append(version) }
        }
        return versions
    }

    private func begin(_ messages: [DeliveredMessage], known: [DefinitionVersion: Decisions]) async -> [BegunWork] {
        guard !messages.isEmpty else { return [] }
        let options = BeginOptions(
            consumer: leases.consumer,
            lease: leases.length,
            definitions: known.mapValues(\.definition),
            call: String(UInt32.random(in: .min ... .max), radix: 16)
        )
        do throws(StoreError) {
            let (asked, answers) = try await retry.repeating(.begin) { () async throws(StoreError) in
                return (clock.now, try await store.begin(messages, with: options))
            }
            var decisions: Decisions?
            return answers.compactMap { answer in
                switch answer {
                case .begun(let lease, let operation):
                    if decisions?.version != lease.message.definition { decisions = known[lease.message.definition] }
                    return decisions.map { BegunWork(lease, operation: operation, decisions: $0, asked: asked) }
                case .held, .stale: return nil
                }
            }
        } catch {
            return await beginOneByOne(messages, known: known, after: error)
        }
    }

    /// One unreadable operation must not keep the others of its batch from being run.
    private func beginOneByOne(
        _ messages: [DeliveredMessage],
        known: [DefinitionVersion: Decisions],
        after error: StoreError
    ) async -> [BegunWork] {
        guard messages.count > 1, error.code == .corrupt || error.code == .invalidArgument else {
            leave(messages, after: error)
            return []
        }
        var begun: [BegunWork] = []
        for message in messages { begun += await begin([message], known: known) }
        return begun
    }

    private func snooze(_ messages: [DeliveredMessage], after delay: Milliseconds, because problem: Problem) async {
        do throws(StoreError) {
            try await retry.repeating(.snooze) { () async throws(StoreError) in
                try await store.snooze(messages, after: delay, because: problem)
            }
            timers.wakeup.raise()
        } catch {
            leave(messages, after: error)
        }
    }

    /// Claimed messages that nothing can be done about now stay pending; a sweep finds them a lease later.
    private func leave(_ messages: [DeliveredMessage], after error: StoreError) {
        guard let first = messages.first?.message else { return }
        let more: Logger.Metadata = [LogKey.error: "\(error)", LogKey.count: "\(messages.count)"]
        let metadata = Logger.Metadata.about(LogSubject(unread: first.operation, work: first.work), and: more)
        logger.error("Claimed work could not begin and waits for the next sweep", metadata: metadata)
    }
}
