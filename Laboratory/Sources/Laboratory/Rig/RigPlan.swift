/// What a run is made of.
public struct RigPlan: Sendable {
    /// How many workers there are.
    public var workers = 3
    /// How many API processes there are.
    public var apis = 1
    /// How long a lease holds, in milliseconds.
    public var lease: Int64 = 1000
    /// How long running steps may go on when a worker is asked to end, in milliseconds.
    public var grace: Int64 = 1000
    /// How many steps a worker runs at once.
    public var concurrency = 32
    /// What Redis keeps through a crash.
    public var level = RedisLevel.aof
    /// Whether Redis is a primary with two replicas and sentinels.
    public var isReplicated = false
    /// Whether the workers reach Redis through a proxy.
    public var isProxied = false
    /// Whether workers are started with the rig; else the scenario starts them.
    public var startsWorkers = true
    /// Settings of the program besides, by the names of their environment variables.
    public var settings: [String: String] = [:]
    /// Planted faults, by name.
    public var mutants: [String] = []
    /// Where the program `stepstream` is.
    public var program: String
    /// A Redis of the user's own, which is then only used and never harmed.
    public var redis: String?
    /// Definitions of the user's own.
    public var definitions: String?

    /// The usual rig.
    public init(program: String) {
        self.program = program
    }
}
