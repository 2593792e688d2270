// What lies between the workers and Redis is slow or breaks.
extension Scenario {
    static let networks = [slowNetwork]

    private static let slowNetwork = Scenario(
        "R11",
        "between workers and Redis: delay up to 250 ms, one byte at a time, silence, cut connections",
        plan: { plan in
            plan.isProxied = true
            plan.lease = 2000
        },
        expect: { $0.consumers = 3 },
        play: { stage in
            try await stage.underLoad(rate: 40) { number in
                Order.everyday(number, stage)
            } _: {
                var chance = stage.chance()
                for round in 0..<stage.times(16) {
                    switch round % 4 {
                    case 0: try await stage.rig.weather(.init(delay: Int64.random(in: 5...250, using: &chance)), for: 2000)
                    case 1: try await stage.rig.weather(.init(chunk: 1), for: 1500)
                    case 2: try await stage.rig.weather(.init(isStalled: true), for: Int64.random(in: 300...2600, using: &chance))
                    default: try await stage.rig.cutNetwork()
                    }
                    try await stage.sleep(300)
                }
            }
        }
    )
}
