import Stepstream

extension RedisStore {
    /// Makes the groups of `queues` where they are missing, in all partitions.
    func ensureGroups(of queues: [Name]) async throws(StoreError) {
        for partition in keys.all {
            var keyList = KeyList()
            keyList.add(GroupScript.Key.queues, key: partition.queues)
            var arguments = ScriptArguments()
            for queue in queues {
                keyList.add(partition.queue(queue))
                arguments.append(GroupScript.Queue.name, value: queue.text)
            }
            _ = try await evaluate(Scripts.group, keys: keyList, arguments: arguments)
        }
    }
}
