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
        var operations: [Operation?] = []
        for (id, reply) in zip(ids, try await sendAll(commands, doing: "reading operations")) {
            operations.append(try OperationDecoder.decode(reply, id: id, withEvents: false))
        }
        return operations
    }

    /// See `OperationDeleter`.
    package func delete(_ id: OperationID) async throws(StoreError) -> DeleteAnswer {
        let partition = keys.partition(of: id)
        typealias Key = DeleteScript.Key
        var keyList = KeyList()
        keyList.add(Key.operation, key: partition.operation(id))
        keyList.add(Key.ended, key: partition.ended)
        keyList.add(Key.attention, key: partition.attention)
        keyList.add(Key.ledger, key: partition.ledger(id))
        keyList.add(Key.ledgers, key: partition.ledgers)
        var arguments = ScriptArguments()
        arguments.append(DeleteScript.Argument.id, value: id.text)
        let reply = try await evaluate(Scripts.delete, keys: keyList, arguments: arguments)
        switch try reply.code(DeleteScript.Code.self, of: Scripts.delete) {
        case .deleted: return .deleted
        case .notEnded: return .notEnded
        case .absent: return .absent
        }
    }
}
