import RedisClient
import Stepstream

/// The KEYS of one script call, each named in the arguments by its number.
struct KeyList {
    /// Those with a position of their own, and then those that are named by their number.
    private var named = RedisArguments()
    private var order = RowOrder()
    /// Those of operations that a script goes through one after the other: they stand behind all others, whenever they are added.
    private var operations = RedisArguments()
    private var numbers: [String: Int] = [:]
    /// Messages of one queue mostly follow each other.
    private var lastQueue: (name: Name, number: Int)?

    /// Adds a key, or finds it, and returns its number.
    mutating func number(of key: String) -> Int {
        if let number = numbers[key] { return number }
        let number = add(key)
        numbers[key] = number
        return number
    }

    /// The same for a queue.
    mutating func number(of queue: Name, in partition: Keys.Partition) -> Int {
        if let lastQueue, lastQueue.name == queue { return lastQueue.number }
        let number = number(of: partition.queue(queue))
        lastQueue = (queue, number)
        return number
    }

    /// Adds a key by its position.
    mutating func add(_ position: some Positions, key: String) {
        order.pass(position)
        named.append(key)
    }

    /// Adds a key that is known to be new.
    @discardableResult
    mutating func add(_ key: String) -> Int {
        named.append(key)
        return named.count
    }

    /// Adds the key of the next operation.
    mutating func add(_ operation: OperationID, of partition: Keys.Partition) {
        operations.append(partition.operationPrefix, joinedTo: operation.text)
    }

    /// All keys, as they are sent.
    var arguments: RedisArguments {
        order.expectCompleteRows()
        guard operations.count > 0 else { return named }
        var all = RedisArguments(reserving: named.byteCount + operations.byteCount)
        all.append(contentsOf: named)
        all.append(contentsOf: operations)
        return all
    }

    /// What a script that goes through the operations reads of them.
    func encodeOperations(into arguments: inout ScriptArguments) {
        arguments.append(TransitionCall.Operations.total, value: operations.count)
        arguments.append(TransitionCall.Operations.before, value: named.count)
    }

    /// The keys that every script with the prelude begins with.
    static func forTransitions(in partition: Keys.Partition) -> KeyList {
        typealias Key = TransitionCall.Key
        var keys = KeyList()
        keys.add(Key.timers, key: partition.timers)
        keys.add(Key.live, key: partition.live)
        keys.add(Key.ended, key: partition.ended)
        keys.add(Key.attention, key: partition.attention)
        keys.add(Key.deliveries, key: partition.deliveries)
        return keys
    }
}
