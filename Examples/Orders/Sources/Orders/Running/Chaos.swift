/// How often, and when, the demo kills Stepstream with its API, its worker and its Redis while the orders are on their way.
package struct Chaos: Sendable {
    /// From which the moments come.
    package let seed: UInt64
    private let moments: [Duration]

    /// So many kills, each between one and two and a half seconds after a start.
    package init(kills: Int, seed: UInt64) {
        self.seed = seed
        var state = seed
        moments = (0..<kills).map { _ in
            // A linear congruential generator (Knuth, MMIX): the moments need to be spread and repeatable, nothing more.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return .milliseconds(Int64(1000 + (state >> 33) % 1500))
        }
    }

    /// How many kills there are.
    var kills: Int { moments.count }

    /// How long after its start the process is killed that was started after so many kills; nil: not at all.
    func moment(after kills: Int) -> Duration? { kills < moments.count ? moments[kills] : nil }

    /// The settings of the processes, so that nobody waits half a minute for the work of a dead one.
    var environment: [String: String] { ["STEPSTREAM_WORKER_LEASE": "2s"] }
}
