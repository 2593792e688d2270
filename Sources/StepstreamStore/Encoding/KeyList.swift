import RedisClient
import Stepstream

/// The KEYS of one script call, each named in the arguments by its number.
struct KeyList {
    private(set) var arguments = RedisArguments()
    private var numbers: [String: Int] = [:]

    /// Adds a key, or finds it, and returns its number.
    mutating func number(of key: String) -> Int {
        if let number = numbers[key] { return number }
        let number = add(key)
        numbers[key] = number
        return number
    }

    /// Adds a key that is known to be new.
    @discardableResult
    mutating func add(_ key: String) -> Int {
        arguments.append(key)
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
