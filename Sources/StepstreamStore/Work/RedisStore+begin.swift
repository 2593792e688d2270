import Logging
import RedisClient
package import Stepstream

extension RedisStore {
    /// See `WorkStore`.
    package func begin(_ messages: [DeliveredMessage], with options: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        var answers = [BeginAnswer](repeating: .held, count: messages.count)
        var failure: StoreError?
        var hasBegun = false
        for (partition, own) in keys.indices(of: messages, by: { $0.message.operation }) {
            let call = BeginCall(partition: partition, messages: own.map { messages[$0] }, options: options)
            let (keyList, arguments) = call.encode(configuration)
            do throws(StoreError) {
                let reply = try await evaluate(Scripts.begin, keys: keyList, arguments: arguments)
                for (index, answer) in zip(own, try call.decode(reply)) { answers[index] = answer }
                hasBegun = true
            } catch {
                failure = error
                logger.warning("Messages of one partition could not be begun", metadata: [LogKey.error: "\(error)"])
            }
        }
        // What was begun in another partition must run, or its worker would look dead: the rest stays pending, as if held.
        if let failure, !hasBegun { throw failure }
        return answers
    }

    /// See `WorkStore`.
    package func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer] {
        var answers = [RenewAnswer](repeating: .lost, count: leases.count)
        for (partition, own) in keys.indices(of: leases, by: { $0.message.operation }) {
            for start in stride(from: 0, to: own.count, by: 100) {
                let part = own[start..<min(start + 100, own.count)]
                let batch = part.map { leases[$0] }
                for (index, answer) in zip(part, try await renew(batch, by: duration, in: partition)) { answers[index] = answer }
            }
        }
        return answers
    }

    private func renew(
        _ leases: [Lease],
        by duration: Milliseconds,
        in partition: Keys.Partition
    ) async throws(StoreError) -> [RenewAnswer] {
        guard let first = leases.first else { return [] }
        typealias Row = RenewScript.Lease
        var keyList = KeyList()
        var arguments = ScriptArguments()
        arguments.append(RenewScript.Argument.consumer, value: first.consumer)
        arguments.append(RenewScript.Argument.duration, value: duration)
        for lease in leases {
            arguments.append(Row.operation, value: keyList.number(of: partition.operation(lease.message.operation)))
            arguments.append(Row.field, value: Fields.record(lease.message.work, field: .lease))
            arguments.append(Row.epoch, value: String(lease.epoch.number))
            arguments.append(Row.stream, value: keyList.number(of: partition.queue(lease.message.queue)))
            arguments.append(Row.entry, value: lease.entry)
        }
        var answers: [RenewAnswer] = []
        for answer in try await evaluate(Scripts.renew, keys: keyList, arguments: arguments) {
            switch try answer.code(RenewScript.Code.self, of: Scripts.renew) {
            case .renewed: answers.append(.renewed)
            case .cancel: answers.append(.cancelRequested)
            case .lost: answers.append(.lost)
            }
        }
        return answers
    }

    /// See `WorkStore`.
    package func snooze(
        _ messages: [DeliveredMessage],
        after delay: Milliseconds,
        because problem: Problem
    ) async throws(StoreError) {
        for (partition, own) in keys.indices(of: messages, by: { $0.message.operation }) {
            var keyList = KeyList()
            keyList.add(SnoozeScript.Key.timers, key: partition.timers)
            keyList.add(SnoozeScript.Key.reconciler, key: partition.reconciler)
            var arguments = ScriptArguments()
            arguments.append(SnoozeScript.Argument.delay, value: delay)
            arguments.append(SnoozeScript.Argument.problem, value: problem.json.text)
            arguments.append(SnoozeScript.Argument.wake, value: partition.wake)
            for delivered in own.map({ messages[$0] }) {
                typealias Row = SnoozeScript.Message
                arguments.append(Row.operation, value: keyList.number(of: partition.operation(delivered.message.operation)))
                arguments.append(Row.record, value: Fields.record(delivered.message.work))
                arguments.append(Row.stream, value: keyList.number(of: partition.queue(delivered.message.queue)))
                arguments.append(Row.entry, value: delivered.entry)
                arguments.append(Row.timer, value: TimerMember(delivered.message).text)
            }
            _ = try await evaluate(Scripts.snooze, keys: keyList, arguments: arguments)
        }
    }
}
