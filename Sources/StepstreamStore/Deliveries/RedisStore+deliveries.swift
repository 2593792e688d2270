import Logging
import RedisClient
package import Stepstream

/// How long a ledger is kept after its last change; longer than the three days that a delivery is tried.
let ledgerLife = Milliseconds(7 * 86_400_000)

extension RedisStore {
    /// A receiver that failed so often in a row is probed with one delivery at a time.
    static let probedFrom = 5
    private static let keptTries = 20
    /// How many deliveries to a failing receiver are looked at, at each probe.
    private static let looked = 200

    /// See `DeliveryStore`.
    package func dueReceivers(limit: Int) async throws(StoreError) -> DueReceivers {
        var due = DueReceivers(receivers: [], next: nil)
        for partition in keys.all {
            let (names, next) = try await self.due(in: partition.receivers, limit: limit)
            due.receivers += names.map { DueReceivers.Receiver(name: $0, partition: partition.number) }
            due.next = [due.next, next].compactMap(\.self).min()
        }
        return due
    }

    /// See `DeliveryStore`.
    package func claim(
        _ receiver: DueReceivers.Receiver,
        configured: String?,
        limit: Int,
        lease: Milliseconds
    ) async throws(StoreError) -> [ClaimedDelivery] {
        guard (0..<keys.partitions).contains(receiver.partition) else { return [] }
        let partition = keys.partition(receiver.partition)
        let queue = partition.receiver(receiver.name)
        let last = max(0, limit - 1)
        let commands = [
            RedisCommand("ZRANGE", queue, "0", String(last)), RedisCommand("HGET", partition.receiverState(receiver.name), "failures"),
        ]
        var replies = try await send(commands, doing: "looking for due deliveries")
        if (replies[1].string.flatMap { Int($0) } ?? 0) >= Self.probedFrom {
            // One is tried, but of what piles up for a dead receiver more has to go than that.
            replies = try await send(
                [RedisCommand("ZRANGE", queue, "0", String(max(last, Self.looked)))],
                doing: "looking for old deliveries"
            )
        }
        let members = replies[0].compactMap { $0.string.flatMap(DeliveryMember.init(text:)) }
        typealias Argument = ClaimScript.Argument
        typealias Answer = ClaimScript.Answer
        var keyList = Self.keys(of: receiver.name, in: partition)
        var arguments = ScriptArguments()
        arguments.append(Argument.receiver, value: receiver.name)
        arguments.append(Argument.lease, value: lease)
        arguments.append(Argument.probedFrom, value: Self.probedFrom)
        arguments.append(Argument.configured, value: configured)
        arguments.append(Argument.longest, value: DeliverySchedule.length)
        for member in members {
            arguments.append(ClaimScript.Delivery.member, value: member.text)
            arguments.append(ClaimScript.Delivery.ledger, value: keyList.number(of: partition.ledger(member.operation)))
            arguments.append(ClaimScript.Delivery.number, value: member.number)
        }
        var claims: [ClaimedDelivery] = []
        for answer in try await evaluate(Scripts.claim, keys: keyList, arguments: arguments) {
            guard let member = answer[Answer.member].string.flatMap(DeliveryMember.init(text:)), let epoch = answer[Answer.epoch].integer,
                let event = answer[Answer.event].string.flatMap(EventLine.decode), let url = answer[Answer.url].string,
                let tries = answer[Answer.tries].integer
            else { throw StoreError(.corrupt, "The record of a delivery to \(receiver.name) is incomplete.") }
            claims.append(
                ClaimedDelivery(
                    operation: member.operation,
                    number: member.number,
                    endpoint: receiver.name,
                    url: url.isEmpty ? nil : url,
                    event: event,
                    tries: tries,
                    epoch: epoch
                )
            )
        }
        return await traced(claims, in: partition)
    }

    /// The claims with the trace contexts of their operations; without them where they cannot be read: what is claimed is to be delivered.
    private func traced(_ claims: [ClaimedDelivery], in partition: Keys.Partition) async -> [ClaimedDelivery] {
        guard !claims.isEmpty else { return [] }
        let commands = claims.map { RedisCommand("HGET", partition.operation($0.operation), Fields.traceparent) }
        do throws(StoreError) {
            let replies = try await send(commands, doing: "reading trace contexts")
            return zip(claims, replies).map { claim, reply in
                var claim = claim
                claim.traceparent = reply.string
                return claim
            }
        } catch {
            logger.warning("Webhooks are sent without their trace context", metadata: [LogKey.error: "\(error)"])
            return claims
        }
    }

    /// See `DeliveryStore`.
    package func settle(_ claim: ClaimedDelivery, as outcome: DeliveryOutcome) async throws(StoreError) -> Bool {
        let partition = keys.partition(of: claim.operation)
        var keyList = Self.keys(of: claim.endpoint, in: partition)
        keyList.add(SettleScript.Key.ledger, key: partition.ledger(claim.operation))
        let (state, again, gone): (Delivery.State, Milliseconds?, String?) =
            switch outcome.fate {
            case .delivered: (.delivered, nil, nil)
            case .again(let delay): (.pending, delay, nil)
            case .exhausted: (.exhausted, nil, nil)
            case .disabled(let configured): (.disabled, nil, configured)
            }
        typealias Argument = SettleScript.Argument
        var arguments = ScriptArguments()
        arguments.append(Argument.receiver, value: claim.endpoint)
        arguments.append(Argument.member, value: DeliveryMember(operation: claim.operation, number: claim.number).text)
        arguments.append(Argument.number, value: claim.number)
        arguments.append(Argument.epoch, value: claim.epoch)
        arguments.append(Argument.try, value: DeliveryLine.encodeTry(outcome))
        arguments.append(Argument.state, value: state.rawValue)
        arguments.append(Argument.again, value: again)
        arguments.append(Argument.pause, value: outcome.pause)
        arguments.append(Argument.life, value: ledgerLife)
        arguments.append(Argument.kept, value: Self.keptTries)
        arguments.append(Argument.gone, value: gone)
        let reply = try await evaluate(Scripts.settle, keys: keyList, arguments: arguments)
        return try reply.code(SettleScript.Code.self, of: Scripts.settle) == .applied
    }

    static func keys(of receiver: String, in partition: Keys.Partition) -> KeyList {
        var keys = KeyList()
        keys.add(DeliveryCall.Key.queue, key: partition.receiver(receiver))
        keys.add(DeliveryCall.Key.receivers, key: partition.receivers)
        keys.add(DeliveryCall.Key.receiverState, key: partition.receiverState(receiver))
        return keys
    }
}
