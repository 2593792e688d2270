/// How long to wait before each restart in a row: 100 ms, doubled up to 10 s.
struct RestartBackoff {
    /// A life longer than this starts the row anew.
    static let healthyLife: Duration = .seconds(30)
    private static let limit: Duration = .seconds(10)

    private var delay: Duration = .milliseconds(100)

    mutating func next() -> Duration {
        defer { delay = min(delay * 2, Self.limit) }
        return delay
    }
}
