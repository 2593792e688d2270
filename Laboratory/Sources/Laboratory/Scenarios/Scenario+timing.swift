// Work that has its time.
extension Scenario {
    static let timing = [timers]

    private static let timers = Scenario(
        "R28",
        "operations wait for their time and steps for their retry, while workers are killed",
        expect: { expectations in
            expectations.consumers = 3
            expectations.mustSucceed = ["single"]
        },
        play: { stage in
            let count = stage.times(20_000)
            try await stage.underLoad(rate: 250, atLeast: count) { number in
                var chance = stage.chance(UInt64(number) &+ 11)
                var order = Order("timer-\(number)", "single", acts: chance.happens(0.1) ? ["a": ["busy", "busy"]] : [:])
                let moment = order.wait(Int64.random(in: 500...10_000, using: &chance))
                // Milliseconds are reported, microseconds are measured.
                stage.expect(order.id, notBefore: moment - 1000)
                return order
            } _: {
                var chance = stage.chance()
                for _ in 0..<stage.times(50) {
                    // Two leases: were the next kill where the last one's work is taken over, three of them would rightly make it poison.
                    try await stage.sleep(Int64.random(in: 2000...2800, using: &chance))
                    try await stage.rig.killWorker(Int.random(in: 0..<3, using: &chance))
                }
            }
        }
    )
}
