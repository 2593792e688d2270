import NIOCore

/// What one client knows of its sentinels and of the primary: a value without I/O.
struct KnownPrimary {
    typealias Endpoint = RedisConfiguration.Endpoint

    /// For how long a sentinel that still names the server that was left is passed over. Sentinels inform each other of a switch within
    /// two seconds.
    static let memory = TimeAmount.seconds(10)

    /// The sentinels, in the order in which they are asked.
    private(set) var order: [Endpoint]
    /// How many switches were heard of.
    private(set) var switches = 0
    private var primary: Endpoint?
    private var left: (endpoint: Endpoint, until: NIODeadline)?

    init(_ sentinels: [Endpoint]) {
        order = sentinels
    }

    /// The server that was left a moment ago, if one was.
    func left(at now: NIODeadline) -> Endpoint? {
        left.flatMap { now < $0.until ? $0.endpoint : nil }
    }

    /// `sentinel` answered: it is asked first from now on.
    mutating func prefer(_ sentinel: Endpoint) {
        guard let index = order.firstIndex(of: sentinel) else { return }
        order.insert(order.remove(at: index), at: 0)
    }

    /// The address from `sentinel` led nowhere: it is asked last from now on.
    mutating func postpone(_ sentinel: Endpoint) {
        guard let index = order.firstIndex(of: sentinel) else { return }
        order.append(order.remove(at: index))
    }

    /// `sentinel` says that there is a new primary.
    mutating func switched(from old: Endpoint?, to new: Endpoint, toldBy sentinel: Endpoint, at now: NIODeadline) {
        switches += 1
        primary = new
        left = old.flatMap { $0 == new ? nil : ($0, now + Self.memory) }
        prefer(sentinel)
    }

    /// Whether a connection to `endpoint`, looked up when `switches` were known, may still be made.
    func stands(_ endpoint: Endpoint, since switches: Int) -> Bool {
        switches == self.switches || endpoint == primary
    }
}
