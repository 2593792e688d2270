import RedisClient
package import Stepstream

extension RedisStore {
    /// See `DeliveryStore`.
    package func ledger(of id: OperationID) async throws(StoreError) -> DeliveryLedger? {
        let reply = try await send(RedisCommand("HGETALL", keys.partition(of: id).ledger(id)), doing: "reading a ledger of deliveries")
        return reply.count == 0 ? nil : try LedgerDecoder.decode(reply.pairs.compactMapValues(\.string), of: id)
    }

    /// See `DeliveryStore`.
    package func replay(_ number: Int, of id: OperationID) async throws(StoreError) -> ReplayAnswer {
        let partition = keys.partition(of: id)
        let command = RedisCommand("HGET", partition.ledger(id), LedgerFields.name(number, field: .receiver))
        guard let receiver = try await send(command, doing: "reading a ledger of deliveries").string else { return .absent }
        var keyList = Self.keys(of: receiver, in: partition)
        keyList.add(ReplayScript.Key.ledger, key: partition.ledger(id))
        keyList.add(ReplayScript.Key.deliveries, key: partition.deliveries)
        typealias Argument = ReplayScript.Argument
        var arguments = ScriptArguments()
        arguments.append(Argument.receiver, value: receiver)
        arguments.append(Argument.member, value: DeliveryMember(operation: id, number: number).text)
        arguments.append(Argument.number, value: number)
        arguments.append(Argument.life, value: ledgerLife)
        let reply = try await evaluate(Scripts.replay, keys: keyList, arguments: arguments)
        switch try reply.code(ReplayScript.Code.self, of: Scripts.replay) {
        case .replayed: return .replayed
        case .held: return .held
        case .absent: return .absent
        }
    }

    /// See `DeliveryStore`. A page token is the partition, and the time and ID of the last ledger returned: what has moved on to a later time
    /// meanwhile is returned again rather than skipped.
    package func ledgers(since time: Milliseconds, after token: String?, limit: Int) async throws(StoreError) -> LedgerPage {
        guard let place = LedgerPlace(token, since: time) else {
            throw StoreError(.invalidArgument, "The page token is not valid.")
        }
        guard place.partition < keys.partitions else { return LedgerPage(operations: [], nextToken: nil) }
        var found: [(time: Int64, id: String)] = []
        var offset = 0
        while found.count < limit {
            let page = try await ledgers(from: place, offset: offset, limit: limit)
            // Those of the very millisecond where the last page ended are read again and passed over.
            found += page.filter { $0.time > place.time || $0.id > place.id }
            offset += limit
            if page.count < limit { break }
        }
        found = Array(found.prefix(limit))
        let ids = found.compactMap { OperationID($0.id) }
        if found.count == limit, let last = found.last {
            return LedgerPage(operations: ids, nextToken: "\(place.partition).\(last.time).\(last.id)")
        }
        return LedgerPage(operations: ids, nextToken: place.partition + 1 < keys.partitions ? "\(place.partition + 1)" : nil)
    }

    private func ledgers(from place: LedgerPlace, offset: Int, limit: Int) async throws(StoreError) -> [(time: Int64, id: String)] {
        let key = keys.partition(place.partition).ledgers
        let range = [key, String(place.time), "+inf", "BYSCORE", "LIMIT", String(offset), String(limit), "WITHSCORES"]
        var arguments = RedisArguments()
        for word in range { arguments.append(word) }
        let reply = try await send(RedisCommand("ZRANGE", arguments), doing: "looking for ledgers of deliveries")
        return reply.scored.map { ($0.time, $0.text) }
    }
}

/// Where a page of ledgers begins: `<partition>` or `<partition>.<time>.<id>`.
private struct LedgerPlace {
    var partition = 0
    var time: Int64
    /// The last that was returned of that time.
    var id = ""

    init?(_ token: String?, since time: Milliseconds) {
        self.time = time.count
        guard let token else { return }
        let parts = token.split(separator: ".", maxSplits: 2).map(String.init)
        guard let partition = parts.first.flatMap({ Int($0) }), partition >= 0 else { return nil }
        self.partition = partition
        guard parts.count > 1 else { return }
        guard parts.count == 3, let last = Int64(parts[1]), OperationID(parts[2]) != nil else { return nil }
        (self.time, id) = (last, parts[2])
    }
}
