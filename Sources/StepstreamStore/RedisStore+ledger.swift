import RedisClient
public import Stepstream

extension RedisStore {
    /// See `DeliveryStore`.
    public func ledger(of id: OperationID) async throws(StoreError) -> DeliveryLedger? {
        let reply = try await send(RedisCommand("HGETALL", keys.partition(of: id).ledger(id)), doing: "reading a ledger of deliveries")
        return reply.count == 0 ? nil : try LedgerDecoder.decode(reply.pairs.compactMapValues(\.string), of: id)
    }

    /// See `DeliveryStore`.
    public func replay(_ number: Int, of id: OperationID) async throws(StoreError) -> ReplayAnswer {
        let partition = keys.partition(of: id)
        let command = RedisCommand("HGET", partition.ledger(id), LedgerFields.name(number, .receiver))
        guard let receiver = try await send(command, doing: "reading a ledger of deliveries").string else { return .absent }
        var keyList = Self.keys(of: receiver, in: partition)
        keyList.add(partition.ledger(id))
        keyList.add(partition.deliveries)
        var arguments = RedisArguments()
        arguments.append(receiver)
        arguments.append(DeliveryMember(operation: id, number: number).text)
        arguments.append(number)
        arguments.append(Int(ledgerLife.count))
        switch try await evaluate(Scripts.replay, keyList, arguments).code(of: Scripts.replay) {
        case .replayed: return .replayed
        case .held: return .held
        default: return .absent
        }
    }

    /// See `DeliveryStore`. A page token is the partition and how many of its operations have been told.
    public func ledgers(since time: Milliseconds, after token: String?, limit: Int) async throws(StoreError) -> LedgerPage {
        let place = (token ?? "0-0").split(separator: "-").map { Int($0) }
        guard place.count == 2, let number = place[0], let offset = place[1], number >= 0, offset >= 0 else {
            throw StoreError(.invalidArgument, "The page token is none of ours.")
        }
        guard number < keys.partitions else { return LedgerPage(operations: [], nextToken: nil) }
        let command = RedisCommand(
            "ZRANGE",
            keys.partition(number).ledgers,
            String(time.count),
            "+inf",
            "BYSCORE",
            "LIMIT",
            String(offset),
            String(limit)
        )
        let ids = try await send(command, doing: "looking for ledgers of deliveries").compactMap { $0.string.flatMap(OperationID.init) }
        let next = ids.count == limit ? "\(number)-\(offset + limit)" : number + 1 < keys.partitions ? "\(number + 1)-0" : nil
        return LedgerPage(operations: ids, nextToken: next)
    }
}
