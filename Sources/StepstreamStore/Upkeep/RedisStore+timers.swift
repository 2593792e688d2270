import Logging
import RedisClient
package import Stepstream

extension RedisStore {
    /// See `TimerStore`.
    package func promoteDueTimers(limit: Int) async throws(StoreError) -> PromoteAnswer {
        var answer = PromoteAnswer(promoted: 0, next: nil)
        for partition in keys.all {
            let (due, next) = try await due(in: partition.timers, limit: limit)
            let deadlines = due.compactMap(DeadlineMember.init(text:))
            answer.promoted += try await promote(due.filter { DeadlineMember(text: $0) == nil }, in: partition)
            answer.passedDeadlines += try await takeOver(deadlines, in: partition)
            let soonest = due.count == limit ? 0 : next
            let again = deadlines.isEmpty ? nil : Self.handOverTime
            answer.next = [answer.next, soonest, again].compactMap(\.self).min()
        }
        return answer
    }

    /// See `OperationReader`.
    package func timers(
        of id: OperationID,
        definition: DefinitionVersion,
        for messages: [Message]
    ) async throws(StoreError) -> OperationTimers {
        var members = RedisArguments()
        members.append(keys.partition(of: id).timers)
        members.append(DeadlineMember(id, definition: definition).text)
        for message in messages { members.append(TimerMember(message).text) }
        let reply = try await send(RedisCommand("ZMSCORE", members), doing: "reading the timers of an operation")
        let times = reply.map { $0.integer.map { Milliseconds(Int64($0)) } }
        var timers = OperationTimers(deadline: times.first ?? nil)
        for (message, time) in zip(messages, times.dropFirst()) { timers.due[message.work] = time }
        return timers
    }

    /// How long a worker has to take back operations whose time is over before another is asked to.
    private static let handOverTime = Milliseconds(10_000)

    private func takeOver(_ deadlines: [DeadlineMember], in partition: Keys.Partition) async throws(StoreError) -> [PassedDeadline] {
        guard !deadlines.isEmpty else { return [] }
        var keyList = KeyList()
        keyList.add(DeadlinesScript.Key.timers, key: partition.timers)
        var arguments = ScriptArguments()
        arguments.append(DeadlinesScript.Argument.delay, value: Self.handOverTime)
        for deadline in deadlines {
            keyList.add(partition.operation(deadline.operation))
            arguments.append(DeadlinesScript.Deadline.timer, value: deadline.text)
        }
        return try await evaluate(Scripts.deadlines, keys: keyList, arguments: arguments).compactMap {
            $0.string.flatMap(DeadlineMember.init(text:))
        }
        .map { PassedDeadline(id: $0.operation, definition: $0.definition) }
    }

    /// The first `limit` members of a sorted set by time that are due, and how long it is until the first that is not.
    func due(in index: String, limit: Int) async throws(StoreError) -> (members: [String], next: Milliseconds?) {
        var keyList = KeyList()
        keyList.add(DueScript.Key.index, key: index)
        var arguments = ScriptArguments()
        arguments.append(DueScript.Argument.limit, value: limit)
        let reply = try await evaluate(Scripts.due, keys: keyList, arguments: arguments)
        let members = reply[DueScript.Answer.due].map { $0.string ?? "" }
        return (members, reply[DueScript.Answer.wait].integer.map { Milliseconds(Int64($0)) })
    }

    private func promote(_ due: [String], in partition: Keys.Partition) async throws(StoreError) -> Int {
        guard !due.isEmpty else { return 0 }
        var keyList = KeyList()
        typealias Timer = PromoteScript.Timer
        keyList.add(PromoteScript.Key.timers, key: partition.timers)
        keyList.add(PromoteScript.Key.reconciler, key: partition.reconciler)
        var arguments = ScriptArguments()
        for text in due {
            guard let message = TimerMember(text: text)?.message else {
                // The others must not wait for it.
                logger.error("A timer cannot be read and is passed over; remove it with ZREM", metadata: [LogKey.error: "\(text)"])
                continue
            }
            arguments.append(Timer.member, value: text)
            arguments.append(Timer.stream, value: keyList.number(of: partition.queue(message.queue)))
            arguments.append(Timer.operation, value: keyList.number(of: partition.operation(message.operation)))
            arguments.append(Timer.id, value: message.operation.text)
            arguments.append(Timer.step, value: message.work.step.text)
            arguments.append(Timer.direction, value: message.work.direction.rawValue)
            arguments.append(Timer.definition, value: message.definition.text)
        }
        return try await evaluate(Scripts.promote, keys: keyList, arguments: arguments).integer ?? 0
    }
}
