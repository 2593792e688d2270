import Logging
import RedisClient
public import Stepstream

extension RedisStore: TopologyStore {
    /// The most processes that are kept.
    static let mostProcesses = 1000
    /// Definitions that were accepted longer ago than this are not spoken of; processes store them hourly while they are submitted.
    static let acceptedHorizon = Milliseconds(2 * 3_600_000)

    /// See `TopologyStore`.
    public func register(_ registration: Registration, for time: Milliseconds) async throws(StoreError) {
        let partition = keys.partition(0)
        var keyList = KeyList()
        keyList.add(partition.processes)
        keyList.add(partition.process(registration.process))
        var arguments = RedisArguments()
        for text in [registration.process, registration.json.text, String(time.count), String(Self.mostProcesses)] {
            arguments.append(text)
        }
        guard try await evaluate(Scripts.register, keys: keyList, arguments: arguments).integer == 1 else {
            throw StoreError(.refused, "There are already \(Self.mostProcesses) processes; this one is not shown.")
        }
    }

    /// See `TopologyStore`.
    public func unregister(_ process: String) async throws(StoreError) {
        let partition = keys.partition(0)
        let commands = [RedisCommand("DEL", partition.process(process)), RedisCommand("ZREM", partition.processes, process)]
        let replies = try await send(commands, doing: "taking a registration back")
        for case let error? in replies.map(\.error) { throw StoreError(error, doing: "taking a registration back") }
    }

    /// See `TopologyStore`.
    package func topology() async throws(StoreError) -> ObservedTopology {
        ObservedTopology(
            registrations: try await registrations(),
            queues: try await observedQueues(),
            accepted: try await acceptedLately(),
            places: .init(queues: keys.all.map(\.queuePrefix), events: keys.all.map(\.events), group: Keys.group)
        )
    }

    private func registrations() async throws(StoreError) -> [Registration] {
        let partition = keys.partition(0)
        let doing = "reading the processes"
        let names = try await send(RedisCommand("ZRANGE", partition.processes, "0", "-1"), doing: doing).compactMap(\.string)
        guard !names.isEmpty else { return [] }
        let replies = try await send(names.map { RedisCommand("GET", partition.process($0)) }, doing: doing)
        return replies.compactMap { reply in
            // One whose time is over, or that ended this moment.
            guard let text = reply.string else { return nil }
            do throws(JSONFault) {
                return Registration(json: try JSONNode.parse(text))
            } catch {
                logger.warning("A registration cannot be read", metadata: [LogKey.error: "\(error)"])
                return nil
            }
        }
    }

    private func observedQueues() async throws(StoreError) -> [ObservedTopology.Queue] {
        var queues: [Name: ObservedTopology.Queue] = [:]
        for partition in keys.all {
            let names = try await knownQueues(in: partition)
            guard !names.isEmpty else { continue }
            let commands = names.flatMap { name in
                let key = partition.queue(name)
                return [RedisCommand("XLEN", key), RedisCommand("XINFO", "CONSUMERS", key, Keys.group)]
            }
            let replies = try await send(commands, doing: "reading the queues")
            for (index, name) in names.enumerated() {
                var queue = queues[name] ?? ObservedTopology.Queue(name: name, length: 0)
                queue.length += replies[2 * index].integer ?? 0
                // Without a stream or a group there are no consumers.
                let consumers = replies[2 * index + 1].error == nil ? replies[2 * index + 1].map(\.pairs) : []
                for consumer in consumers { queue.add(consumer) }
                queues[name] = queue
            }
        }
        return queues.values.sorted { $0.name < $1.name }
    }

    private func acceptedLately() async throws(StoreError) -> [ObservedTopology.Accepted] {
        let partition = keys.partition(0)
        let doing = "reading the definitions"
        let time = try await send(RedisCommand("TIME"), doing: doing)
        let since = Int64(time[0].integer ?? 0) * 1000 - Self.acceptedHorizon.count
        let reply = try await send(RedisCommand("ZRANGE", partition.definitions, String(since), "+inf", "BYSCORE"), doing: doing)
        return reply.compactMap { member in
            guard let parts = member.string?.split(separator: ":"), parts.count == 2, let type = Name(String(parts[0])),
                let version = DefinitionVersion(String(parts[1]))
            else { return nil }
            return ObservedTopology.Accepted(type: type, version: version)
        }
    }
}

extension ObservedTopology.Queue {
    /// Adds a consumer as XINFO CONSUMERS tells of it; one reads all partitions.
    fileprivate mutating func add(_ fields: [String: RedisReply]) {
        let name = fields["name"]?.string ?? ""
        let count = fields["pending"]?.integer ?? 0
        let idle = fields["idle"]?.integer.map { Milliseconds(Int64($0)) }
        pending += count
        guard let index = consumers.firstIndex(where: { $0.name == name }) else {
            return consumers.append(.init(name: name, pending: count, idle: idle))
        }
        consumers[index].pending += count
        consumers[index].idle = [consumers[index].idle, idle].compactMap(\.self).min()
    }
}
