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
        typealias Argument = RegisterScript.Argument
        var keyList = KeyList()
        keyList.add(RegisterScript.Key.processes, key: partition.processes)
        keyList.add(RegisterScript.Key.process, key: partition.process(registration.process))
        var arguments = ScriptArguments()
        arguments.append(Argument.name, value: registration.process)
        arguments.append(Argument.registration, value: registration.json.text)
        arguments.append(Argument.life, value: time)
        arguments.append(Argument.most, value: Self.mostProcesses)
        guard try await evaluate(Scripts.register, keys: keyList, arguments: arguments).integer == 1 else {
            throw StoreError(.refused, "There are already \(Self.mostProcesses) processes; this one is not shown.")
        }
    }

    /// See `TopologyStore`.
    public func unregister(_ process: String) async throws(StoreError) {
        let partition = keys.partition(0)
        let commands = [RedisCommand("DEL", partition.process(process)), RedisCommand("ZREM", partition.processes, process)]
        _ = try await sendAll(commands, doing: "taking a registration back")
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
                for consumer in QueueConsumer.all(replies[2 * index + 1]) { queue.add(consumer) }
                queues[name] = queue
            }
        }
        return queues.values.sorted { $0.name < $1.name }
    }

    private func acceptedLately() async throws(StoreError) -> [ObservedTopology.Accepted] {
        let partition = keys.partition(0)
        let since = try await time().count - Self.acceptedHorizon.count
        let command = RedisCommand("ZRANGE", partition.definitions, String(since), "+inf", "BYSCORE")
        let reply = try await send(command, doing: "reading the definitions")
        return reply.compactMap { member in
            guard let parts = member.string?.split(separator: ":"), parts.count == 2, let type = Name(String(parts[0])),
                let version = DefinitionVersion(String(parts[1]))
            else { return nil }
            return ObservedTopology.Accepted(type: type, version: version)
        }
    }
}

extension ObservedTopology.Queue {
    /// Adds a consumer of one partition; it reads all.
    fileprivate mutating func add(_ consumer: QueueConsumer) {
        let idle = consumer.idle.map { Milliseconds(Int64($0)) }
        pending += consumer.pending
        guard let index = consumers.firstIndex(where: { $0.name == consumer.name }) else {
            return consumers.append(.init(name: consumer.name, pending: consumer.pending, idle: idle))
        }
        consumers[index].pending += consumer.pending
        consumers[index].idle = [consumers[index].idle, idle].compactMap(\.self).min()
    }
}
