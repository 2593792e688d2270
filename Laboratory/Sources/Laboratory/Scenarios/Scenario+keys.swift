// Many say the same at once.
extension Scenario {
    static let keys = [keyRace]

    private static let keyRace = Scenario(
        "R20",
        "a hundred at once submit under one idempotency key through two APIs, which are killed",
        plan: { $0.apis = 2 },
        expect: { $0.mustSucceed = ["single"] },
        play: { stage in
            let keys = stage.times(300)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var chance = stage.chance()
                    while true {
                        try await stage.sleep(Int64.random(in: 2500...4500, using: &chance))
                        try await stage.rig.killAPI(Int.random(in: 0..<2, using: &chance))
                    }
                }
                let submitter = OrderSubmitter(rig: stage.rig)
                for key in 0..<keys {
                    try await submitter.run(100, limit: 100) { number in
                        var order = Order("race-\(key)-\(number)", "single")
                        order.key = "race-\(key)"
                        return order
                    }
                }
                group.cancelAll()
            }
        }
    )
}
