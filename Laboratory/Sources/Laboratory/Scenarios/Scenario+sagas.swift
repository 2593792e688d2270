// What cannot be finished is taken back.
extension Scenario {
    static let sagas = [rollbacks, cancels]

    /// A step fails in one of four ways, an undo fails so many times, and workers die meanwhile.
    private static let rollbacks = Scenario(
        "R21",
        "each step fails in each way, each undo fails up to five times, each place is canceled, while workers are killed",
        expect: { expectations in
            expectations.mustFail = ["saga"]
            expectations.consumers = 3
        },
        play: { stage in
            let orders = failing() + canceled()
            try await stage.underLoad(rate: 25, atLeast: orders.count * stage.times(1)) { number in
                var order = orders[number % orders.count]
                order.id += "-\(number)"
                return order
            } _: {
                var chance = stage.chance()
                for _ in 0..<stage.times(12) {
                    try await stage.sleep(Int64.random(in: 600...1500, using: &chance))
                    try await stage.rig.killWorker(Int.random(in: 0..<3, using: &chance))
                }
            }
        }
    )

    private static func failing() -> [Order] {
        let steps = ["a", "b", "c", "d"]
        var orders: [Order] = []
        for (index, failing) in steps.enumerated() {
            for way in ["decline", "cut", "cut-after", "busy"] {
                for undone in steps[..<min(index + 1, 3)] {
                    for faults in 0...5 {
                        // More than the budget: calls that a killed worker had made count here and not there.
                        var acts = [failing: Array(repeating: way, count: 60)]
                        acts["\(undone)/undo"] = (0..<faults).map { ["busy", "cut", "cut-after"][$0 % 3] }
                        orders.append(Order("saga-\(failing)-\(way)-\(undone)-\(faults)", "saga", acts: acts))
                    }
                }
            }
        }
        return orders
    }

    private static func canceled() -> [Order] {
        ["a", "b", "c"].flatMap { place in
            (0..<60).map { number in
                // The last step fails if the cancellation comes too late, so that none succeeds.
                var order = Order(
                    "cancel-\(place)-\(number)",
                    "saga",
                    acts: [place: ["slow:\(number * 5)"], "d": Array(repeating: "decline", count: 60)]
                )
                order.cancelAfter = Int64(number * 5)
                return order
            }
        }
    }

    private static let cancels = Scenario(
        "R22",
        "cancellation, completion, the deadline and a retry race for each operation",
        expect: { $0.wantsFaults = false },
        play: { stage in
            try await stage.underLoad(rate: 120, atLeast: stage.times(2000)) { number in
                var chance = stage.chance(UInt64(number) &+ 5)
                let slow = Int64.random(in: 0...120, using: &chance)
                let retry = chance.happens(0.3) ? ["busy", "slow:\(slow)"] : ["slow:\(slow)"]
                let type = ["saga", "brief", "mixed"].randomElement(using: &chance) ?? "saga"
                var order = Order("race-\(number)", type, acts: ["a": ["slow:\(slow)"], "b": retry])
                if type == "brief", chance.happens(0.5) { order = Order("race-\(number)", type, acts: ["a": ["slow:\(1500 - slow)"]]) }
                if chance.happens(0.8) { order.cancelAfter = Int64.random(in: 0...400, using: &chance) }
                return order
            } _: {
            }
        }
    )
}
