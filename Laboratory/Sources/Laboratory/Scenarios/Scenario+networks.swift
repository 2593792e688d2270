// What lies between the workers and Redis is slow or breaks.
extension Scenario {
    static let networks = [slowNetwork]

    private static let slowNetwork = Scenario(
        "R11",
        "between workers and Redis: delay up to 250 ms, one byte at a time, silence, cut connections",
        plan: { plan in
            plan.isProxied = true
            plan.lease = 3000
            plan.concurrency = 100
        },
        expect: { expectations in
            expectations.consumers = 4
            expectations.forbidsOverlap = true
        },
        play: { stage in
            // One is near, and takes over what the others cannot renew.
            try stage.rig.startWorker(3, isDirect: true)
            try await stage.underLoad(rate: 25) { number in
                // An attempt that is begun again takes longer than the silence, so that a late commit of the first finds it at work.
                let first = number.isMultiple(of: 8) ? "slow:5000" : "slow:\(number * 7 % 400)"
                return Order("op-\(number)", number % 8 == 1 ? "single" : "plain", acts: ["a": [first, "slow:3500"]])
            } _: {
                var chance = stage.chance()
                for round in 0..<stage.times(16) {
                    switch round % 4 {
                    case 0: try await stage.rig.weather(.init(delay: Int64.random(in: 5...250, using: &chance)), for: 2000)
                    case 1: try await stage.rig.weather(.init(chunk: 1), for: 1500)
                    case 2: try await stage.rig.weather(.init(isStalled: true), for: round % 8 == 2 ? 700 : 4500)
                    default: try await stage.rig.cutNetwork()
                    }
                    try await stage.sleep(300)
                }
            }
        }
    )
}
