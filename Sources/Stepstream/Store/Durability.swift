/// What an acceptance promises to survive: how far the write went before the answer.
public struct Durability: Sendable, Hashable, CustomStringConvertible {
    /// Where the store itself keeps what it has answered, each including those before it.
    public enum Level: Int, Sendable, Hashable, Comparable, CaseIterable {
        /// In memory: an end of the store's process may lose it.
        case memory
        /// In its append-only file, handed to the system: an end of the machine may lose the last seconds.
        case aof
        /// In its append-only file, on the disk.
        case fsync

        /// The name, as in the configuration.
        public var name: String {
            switch self {
            case .memory: "memory"
            case .aof: "aof"
            case .fsync: "fsync"
            }
        }

        /// By strictness.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// The most replicas that can be asked for.
    public static let maximumReplicas = 16

    /// How it is kept by the store itself.
    public var level: Level
    /// How many replicas have it too, in their memory at least.
    public var replicas: Int

    /// A durability.
    public init(_ level: Level = .memory, replicas: Int = 0) {
        self.level = level
        self.replicas = replicas
    }

    /// Reads `memory`, `aof`, `fsync`, `replicated:n` and `replicated`, which is one replica; nil for anything else.
    public init?(_ text: String) {
        if let level = Level.allCases.first(where: { $0.name == text }) {
            self.init(level)
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.first == "replicated", parts.count <= 2 else { return nil }
        guard parts.count == 2 else {
            self.init(replicas: 1)
            return
        }
        guard let count = Int(parts[1]), (1...Self.maximumReplicas).contains(count), String(count) == parts[1] else { return nil }
        self.init(replicas: count)
    }

    /// What satisfies both.
    public func joined(with other: Durability) -> Durability {
        Durability(max(level, other.level), replicas: max(replicas, other.replicas))
    }

    /// As in the configuration; with replicas and a level above memory, both.
    public var description: String {
        if replicas == 0 { return level.name }
        return level == .memory ? "replicated:\(replicas)" : "\(level.name), replicated:\(replicas)"
    }
}
