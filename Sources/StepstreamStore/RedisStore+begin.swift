import Logging
import RedisClient
package import Stepstream

extension RedisStore {
    /// See `WorkStore`.
    package func begin(_ messages: [DeliveredMessage], with options: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        var answers = [BeginAnswer](repeating: .held, count: messages.count)
        var failure: StoreError?
        var hasBegun = false
        for partition in keys.all {
            let own = messages.indices.filter { keys.partition(of: messages[$0].message.operation) == partition }
            guard !own.isEmpty else { continue }
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
        for partition in keys.all {
            let own = leases.indices.filter { keys.partition(of: leases[$0].message.operation) == partition }
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
        var keyList = KeyList()
        var arguments = RedisArguments()
        arguments.append(first.consumer)
        arguments.append(Int(duration.count))
        for lease in leases {
            arguments.append(keyList.number(of: partition.operation(lease.message.operation)))
            arguments.append(Fields.record(lease.message.work, field: .lease))
            arguments.append(String(lease.epoch.number))
            arguments.append(keyList.number(of: partition.queue(lease.message.queue)))
            arguments.append(lease.entry ?? "")
        }
        var answers: [RenewAnswer] = []
        for answer in try await evaluate(Scripts.renew, keys: keyList, arguments: arguments) {
            switch try answer.code(of: Scripts.renew) {
            case .renewed: answers.append(.renewed)
            case .cancel: answers.append(.cancelRequested)
            default: answers.append(.lost)
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
        for partition in keys.all {
            let own = messages.filter { keys.partition(of: $0.message.operation) == partition }
            guard !own.isEmpty else { continue }
            var keyList = KeyList()
            keyList.add(partition.timers)
            keyList.add(partition.reconciler)
            var arguments = RedisArguments()
            arguments.append(Int(delay.count))
            arguments.append(problem.json.text)
            arguments.append(partition.wake)
            for delivered in own {
                arguments.append(keyList.number(of: partition.operation(delivered.message.operation)))
                arguments.append(Fields.record(delivered.message.work))
                arguments.append(keyList.number(of: partition.queue(delivered.message.queue)))
                arguments.append(delivered.entry ?? "")
                arguments.append(TimerMember(delivered.message).text)
            }
            _ = try await evaluate(Scripts.snooze, keys: keyList, arguments: arguments)
        }
    }
}
