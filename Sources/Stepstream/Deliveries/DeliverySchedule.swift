/// When a delivery that failed is tried again: for about three days, as Standard Webhooks 1.0 recommends.
package enum DeliverySchedule {
    /// The waits after the first try, the second, …: 5 s to 24 h.
    static let delays: [Milliseconds] = [
        5000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
    ]

    /// After so long a delivery is over, also where its receiver was too far behind for all tries: all waits at their longest, and a day.
    package static var length: Milliseconds { Milliseconds(delays.reduce(0) { $0 + $1.count } * 11 / 10 + 86_400_000) }

    /// How many tries there are in all.
    package static var tries: Int { delays.count + 1 }

    /// How long to wait after `tries` tries; nil when that was the last. Longer by up to a tenth, so that receivers that were away are
    /// not met by all at once, and never shorter than the receiver asked for.
    ///
    /// - Parameters:
    ///   - tries: how many there were.
    ///   - retryAfter: what the receiver asked for; a day counts at most.
    ///   - random: 0 to 1.
    /// - Returns: the wait.
    package static func wait(after tries: Int, retryAfter: Milliseconds? = nil, random: Double) -> Milliseconds? {
        guard tries >= 1, tries <= delays.count else { return nil }
        let own = Milliseconds(Int64(Double(delays[tries - 1].count) * (1 + random / 10)))
        return max(own, min(retryAfter ?? 0, 86_400_000))
    }
}
