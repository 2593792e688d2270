import RedisClient
import Stepstream

/// The KEYS of one script call, each named in the arguments by its number.
struct KeyList {
    private(set) var arguments = RedisArguments()
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

    /// Adds a key that is known to be new.
    @discardableResult
    mutating func add(_ key: String) -> Int {
        arguments.append(key)
        return arguments.count
    }

    /// Adds the key of an operation, which is known to be new.
    @discardableResult
    mutating func add(_ operation: OperationID, of partition: Keys.Partition) -> Int {
        arguments.append(partition.operationPrefix, joinedTo: operation.text)
        return arguments.count
    }

    /// The keys that every script with the prelude begins with.
    static func forTransitions(in partition: Keys.Partition) -> KeyList {
        var keys = KeyList()
        keys.add(partition.timers)
        keys.add(partition.live)
        keys.add(partition.ended)
        keys.add(partition.attention)
        keys.add(partition.deliveries)
        return keys
    }
}
