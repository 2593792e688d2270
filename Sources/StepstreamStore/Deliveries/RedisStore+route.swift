import Logging
import RedisClient
package import Stepstream

extension RedisStore {
    /// See `DeliveryStore`.
    package func route(limit: Int, to endpoints: [WebhookEndpoint]) async throws(StoreError) -> Int {
        var moved = 0
        for partition in keys.all {
            var start: String? = "-"
            while let from = start { start = try await route(in: partition, from: from, limit: limit, to: endpoints, adding: &moved) }
        }
        return moved
    }

    /// Moves one page; answers where the next begins, when nothing of this one could be read.
    private func route(
        in partition: Keys.Partition,
        from start: String,
        limit: Int,
        to endpoints: [WebhookEndpoint],
        adding moved: inout Int
    ) async throws(StoreError) -> String? {
        let command = RedisCommand("XRANGE", partition.deliveries, start, "+", "COUNT", String(limit))
        let reply = try await send(command, doing: "looking for events to be delivered")
        guard reply.count > 0 else { return nil }
        var call = RouteCall(partition: partition, endpoints: endpoints)
        var unreadable = 0
        for entry in reply where !call.add(entry) { unreadable += 1 }
        if unreadable > 0 {
            // The others must not wait for them. They may be of a newer version, whose processes can read them.
            let metadata: Logger.Metadata = [LogKey.count: "\(unreadable)"]
            logger.error("Events to be delivered cannot be read and are passed over", metadata: metadata)
        }
        if unreadable < reply.count { moved += try await evaluate(Scripts.route, keys: call.keys, arguments: call.arguments).integer ?? 0 }
        return unreadable == limit ? reply[reply.count - 1][0].string.map { "(" + $0 } : nil
    }
}

/// One call of the route script: events of one partition.
private struct RouteCall {
    let partition: Keys.Partition
    let endpoints: [WebhookEndpoint]
    private(set) var keys = KeyList()
    private(set) var arguments = ScriptArguments()

    init(partition: Keys.Partition, endpoints: [WebhookEndpoint]) {
        self.partition = partition
        self.endpoints = endpoints
        keys.add(RouteScript.Key.deliveries, key: partition.deliveries)
        keys.add(RouteScript.Key.receivers, key: partition.receivers)
        keys.add(RouteScript.Key.ledgers, key: partition.ledgers)
        arguments.append(RouteScript.Argument.life, value: ledgerLife)
        arguments.append(RouteScript.Argument.most, value: DeliveryLedger.most)
    }

    /// False when it cannot be read.
    mutating func add(_ entry: RedisReply) -> Bool {
        let fields = entry.count == 2 ? entry[1].pairs : [:]
        guard let id = fields["operation"]?.string.flatMap(OperationID.init), let tenant = fields["tenant"]?.string,
            let line = fields["event"]?.string, let event = EventLine.decode(line)
        else { return false }
        let callback = fields["callback"]?.string.flatMap(CallbackText.decode)
        let own = endpoints.filter { $0.events.contains(event.kind) }
        typealias Row = RouteScript.Event
        arguments.append(Row.entry, value: entry[0].string)
        arguments.append(Row.ledger, value: keys.number(of: partition.ledger(id)))
        arguments.append(Row.id, value: id.text)
        arguments.append(Row.tenant, value: tenant)
        arguments.append(Row.event, value: line)
        arguments.append(Row.ends, value: Event.Kind.terminal.contains(event.kind))
        arguments.append(Row.total, value: own.count + (callback == nil ? 0 : 1))
        if let callback { add(callback.url.place, url: callback.url.text) }
        for endpoint in own { add(endpoint.name.text, url: "") }
        return true
    }

    private mutating func add(_ receiver: String, url: String) {
        typealias Row = RouteScript.Receiver
        arguments.append(Row.receiver, value: receiver)
        arguments.append(Row.queue, value: keys.number(of: partition.receiver(receiver)))
        arguments.append(Row.state, value: keys.number(of: partition.receiverState(receiver)))
        arguments.append(Row.url, value: url)
    }
}
