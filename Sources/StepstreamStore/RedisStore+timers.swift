import Logging
import RedisClient
package import Stepstream

extension RedisStore {
    /// See `TimerStore`.
    package func promoteDueTimers(limit: Int) async throws(StoreError) -> PromoteAnswer {
        var answer = PromoteAnswer(promoted: 0, next: nil)
        for partition in keys.all {
            let (due, next) = try await dueTimers(in: partition, limit: limit)
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
        let doing = "reading the timers of an operation"
        let reply = try await send(RedisCommand("ZMSCORE", members), doing: doing)
        if let error = reply.error { throw StoreError(error, doing: doing) }
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
        keyList.add(partition.timers)
        var arguments = RedisArguments()
        arguments.append(Int(Self.handOverTime.count))
        for deadline in deadlines {
            keyList.add(partition.operation(deadline.operation))
            arguments.append(deadline.text)
        }
        return try await evaluate(Scripts.deadlines, keys: keyList, arguments: arguments).compactMap {
            $0.string.flatMap(DeadlineMember.init(text:))
        }
        .map { PassedDeadline(id: $0.operation, definition: $0.definition) }
    }

    private func dueTimers(in partition: Keys.Partition, limit: Int) async throws(StoreError) -> ([String], Milliseconds?) {
        var keyList = KeyList()
        keyList.add(partition.timers)
        var arguments = RedisArguments()
        arguments.append(limit)
        let reply = try await evaluate(Scripts.due, keys: keyList, arguments: arguments)
        let texts = reply.map { $0.string ?? "" }
        return (Array(texts.dropFirst()), texts.first.flatMap { Int64($0) }.map(Milliseconds.init(_:)))
    }

    private func promote(_ due: [String], in partition: Keys.Partition) async throws(StoreError) -> Int {
        guard !due.isEmpty else { return 0 }
        var keyList = KeyList()
        keyList.add(partition.timers)
        keyList.add(partition.reconciler)
        var arguments = RedisArguments()
        for text in due {
            guard let message = TimerMember(text: text)?.message else {
                // The others must not wait for it.
                logger.error("A timer cannot be read and is passed over; remove it with ZREM", metadata: [LogKey.error: "\(text)"])
                continue
            }
            arguments.append(text)
            arguments.append(keyList.number(of: partition.queue(message.queue)))
            arguments.append(keyList.number(of: partition.operation(message.operation)))
            arguments.append(message.operation.text)
            arguments.append(message.work.step.text)
            arguments.append(message.work.direction.rawValue)
            arguments.append(message.definition.text)
        }
        return try await evaluate(Scripts.promote, keys: keyList, arguments: arguments).integer ?? 0
    }
}
