/// How much is measured.
struct Plan: Sendable {
    /// How often each figure is taken, each time against a Redis of its own.
    var rounds: Int
    /// How many operations one round submits and drains.
    var operations: Int
    /// How long an idle worker is watched; in the full plan longer than its slowest habit but tidying (the reconciler's round, 30 s at most).
    var idle: Duration
    /// How many operations the latency at `rate` a second is taken from.
    var samples: Int
    /// How long the latency at half load is watched.
    var halfLoad: Duration
    /// How long each load over HTTP lasts, in seconds.
    var loadSeconds: Int

    /// How many submissions are under way at once.
    let inFlight = 64
    /// How many attempts the worker runs at once: so many that its claims are full while others run.
    let concurrency = 512
    /// Submissions a second when latency is measured.
    let rate = 50
    /// The length of an operation's input, in bytes.
    let inputBytes = 200

    /// What `make bench` runs; about ten minutes.
    static let full = Plan(rounds: 5, operations: 20_000, idle: .seconds(35), samples: 1000, halfLoad: .seconds(5), loadSeconds: 3)
    /// To see whether it works; about a minute.
    static let quick = Plan(rounds: 1, operations: 5_000, idle: .seconds(6), samples: 100, halfLoad: .seconds(2), loadSeconds: 1)
}

/// What can be measured by itself.
enum Part: String, Sendable, CaseIterable {
    case throughput, raw, ceiling, http, variants, persistence, latency, idle
}
