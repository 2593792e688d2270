import RedisClient
public import Stepstream

extension RedisStore {
    /// See `OperationReader`.
    public func read(_ id: OperationID, withEvents: Bool) async throws(StoreError) -> Operation? {
        let reply = try await send(RedisCommand("HGETALL", keys.partition(of: id).operation(id)), doing: "reading an operation")
        return try OperationDecoder.decode(reply, id: id, withEvents: withEvents)
    }

    /// See `OperationReader`.
    public func read(_ ids: [OperationID]) async throws(StoreError) -> [Operation?] {
        guard !ids.isEmpty else { return [] }
        let commands = ids.map { RedisCommand("HGETALL", keys.partition(of: $0).operation($0)) }
        let replies = try await send(commands, doing: "reading operations")
        var operations: [Operation?] = []
        for (id, reply) in zip(ids, replies) {
            if let error = reply.error { throw StoreError(error, doing: "reading operations") }
            operations.append(try OperationDecoder.decode(reply, id: id, withEvents: false))
        }
        return operations
    }

    func send(_ commands: [RedisCommand], doing what: String) async throws(StoreError) -> [RedisReply] {
        do throws(RedisError) {
            return try await client.send(commands)
        } catch {
            throw StoreError(error, doing: what)
        }
    }

    /// See `OperationDeleter`.
    package func delete(_ id: OperationID) async throws(StoreError) -> DeleteAnswer {
        let partition = keys.partition(of: id)
        var keyList = KeyList()
        keyList.add(partition.operation(id))
        keyList.add(partition.live)
        keyList.add(partition.ended)
        keyList.add(partition.attention)
        keyList.add(partition.ledger(id))
        keyList.add(partition.ledgers)
        var arguments = RedisArguments()
        arguments.append(id.text)
        switch try await evaluate(Scripts.delete, keys: keyList, arguments: arguments).code(of: Scripts.delete) {
        case .deleted: return .deleted
        case .notEnded: return .notEnded
        default: return .absent
        }
    }
}
