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
            var keyList = KeyList()
            keyList.add(partition.receivers)
            var arguments = RedisArguments()
            arguments.append(limit)
            let texts = try await evaluate(Scripts.receivers, keys: keyList, arguments: arguments).map { $0.string ?? "" }
            due.receivers += texts.dropFirst().map { DueReceivers.Receiver(name: $0, partition: partition.number) }
            due.next = [due.next, texts.first.flatMap { Int64($0) }.map(Milliseconds.init(_:))].compactMap(\.self).min()
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
        var keyList = Self.keys(of: receiver.name, in: partition)
        var arguments = RedisArguments()
        arguments.append(receiver.name)
        arguments.append(Int(lease.count))
        arguments.append(Self.probedFrom)
        arguments.append(configured ?? "")
        arguments.append(Int(DeliverySchedule.length.count))
        for member in members {
            arguments.append(member.text)
            arguments.append(keyList.number(of: partition.ledger(member.operation)))
            arguments.append(member.number)
        }
        var claims: [ClaimedDelivery] = []
        for answer in try await evaluate(Scripts.claim, keys: keyList, arguments: arguments) {
            guard answer.count == 5, let member = answer[0].string.flatMap(DeliveryMember.init(text:)), let epoch = answer[1].integer,
                let event = answer[2].string.flatMap(EventLine.decode), let url = answer[3].string, let tries = answer[4].integer
            else { throw StoreError(.corrupt, "A delivery to \(receiver.name) does not hold what it must.") }
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
            logger.warning("Webhooks go without their trace", metadata: [LogKey.error: "\(error)"])
            return claims
        }
    }

    /// See `DeliveryStore`.
    package func settle(_ claim: ClaimedDelivery, as outcome: DeliveryOutcome) async throws(StoreError) -> Bool {
        let partition = keys.partition(of: claim.operation)
        var keyList = Self.keys(of: claim.endpoint, in: partition)
        keyList.add(partition.ledger(claim.operation))
        var arguments = RedisArguments()
        arguments.append(claim.endpoint)
        arguments.append(DeliveryMember(operation: claim.operation, number: claim.number).text)
        arguments.append(claim.number)
        arguments.append(claim.epoch)
        arguments.append(DeliveryLine.encodeTry(outcome))
        let (state, again, gone): (Delivery.State, Milliseconds?, String?) =
            switch outcome.fate {
            case .delivered: (.delivered, nil, nil)
            case .again(let delay): (.pending, delay, nil)
            case .exhausted: (.exhausted, nil, nil)
            case .disabled(let configured): (.disabled, nil, configured)
            }
        arguments.append(state.rawValue)
        arguments.append(again.map { String($0.count) } ?? "")
        arguments.append(outcome.pause.map { String($0.count) } ?? "")
        arguments.append(Int(ledgerLife.count))
        arguments.append(Self.keptTries)
        arguments.append(gone ?? "")
        return try await evaluate(Scripts.settle, keys: keyList, arguments: arguments).code(of: Scripts.settle) == .applied
    }

    static func keys(of receiver: String, in partition: Keys.Partition) -> KeyList {
        var keys = KeyList()
        keys.add(partition.receiver(receiver))
        keys.add(partition.receivers)
        keys.add(partition.receiverState(receiver))
        return keys
    }
}
