/// How long to wait before tidying again: the busier the service, the sooner, so that what is left behind stays some hundred entries
/// instead of whatever comes together in ten minutes.
struct TidyPace: Sendable {
    /// What one look removes at most.
    static let lot = 1000
    private static let shortest = Duration.seconds(1)

    private(set) var pause: Duration
    private let longest: Duration

    /// - Parameter longest: the pause when nothing is ever found; shorter ones are between it and a second.
    init(longest: Duration) {
        self.longest = longest
        pause = min(Self.shortest, longest)
    }

    /// Notes how many entries a round removed: after a lot or more the pause is halved, after less than a quarter of one doubled.
    mutating func removed(_ count: Int) {
        if count >= Self.lot {
            pause = max(pause / 2, min(Self.shortest, longest))
        } else if count < Self.lot / 4 {
            pause = min(pause * 2, longest)
        }
    }
}
