// Redis dies, is away, or comes back with an older state.
extension Scenario {
    static let outages = [killsAtFsync, killsAtAOF, killsInMemory, longOutage, olderSnapshot, failovers, failoversOfOne]

    private static func kills(_ count: Int, _ stage: Stage) async throws {
        try await stage.underLoad(rate: 150) { number in
            Order.everyday(number, stage)
        } _: {
            var chance = stage.chance()
            for _ in 0..<stage.times(count) {
                try await stage.sleep(Int64.random(in: 900...1900, using: &chance))
                try await stage.rig.killRedis(for: Int64.random(in: 50...1200, using: &chance))
            }
        }
    }

    private static let killsAtFsync = Scenario(
        "R06-fsync",
        "Redis is killed, appendfsync always",
        plan: { $0.level = .fsync },
        expect: { $0.consumers = 3 },
        play: { try await kills(10, $0) }
    )

    private static let killsAtAOF = Scenario(
        "R06-aof",
        "Redis is killed, appendfsync everysec",
        plan: { $0.level = .aof },
        expect: { $0.consumers = 3 },
        play: { try await kills(8, $0) }
    )

    private static let killsInMemory = Scenario(
        "R06-memory",
        "Redis is killed and keeps nothing",
        plan: { $0.level = .memory },
        expect: { expectations in
            expectations.mayLose = true
            expectations.mayRewind = true
        },
        play: { try await kills(4, $0) }
    )

    private static let longOutage = Scenario(
        "R07",
        "Redis is away for three leases while 200 handlers run",
        plan: { plan in
            plan.workers = 2
            plan.concurrency = 150
        },
        expect: { $0.forbidsOverlap = true },
        play: { stage in
            for round in 0..<stage.times(2) {
                try await OrderSubmitter(rig: stage.rig).run(200) { Order("out-\(round)-\($0)", "long", acts: ["a": ["slow:3500"]]) }
                try await stage.sleep(700)
                try await stage.rig.killRedis(for: 3 * stage.rig.plan.lease)
                try await stage.rig.rest()
            }
        }
    )

    /// The leases in the snapshot are older than those the workers hold: only the hold-off keeps others away until they have renewed.
    private static let olderSnapshot = Scenario(
        "R07-older",
        "Redis comes back with a snapshot that is most of a lease old",
        plan: { plan in
            plan.level = .memory
            plan.lease = 6000
            plan.workers = 2
            plan.concurrency = 150
        },
        expect: { expectations in
            expectations.forbidsOverlap = true
        },
        play: { stage in
            for round in 0..<stage.times(2) {
                try await OrderSubmitter(rig: stage.rig).run(200) { Order("old-\(round)-\($0)", "long", acts: ["a": ["slow:14000"]]) }
                try await stage.sleep(500)
                try stage.rig.redis.ask("SAVE")
                try await stage.sleep(5500)
                // One is slow to come back, and well within its own lease.
                async let pause: Void = stage.rig.pauseWorker(0, for: 1600)
                try await stage.rig.killRedis(for: 200)
                try await pause
                try await stage.rig.rest()
            }
        }
    )

    /// What a primary did without waiting for its replicas may be gone with it, and is then done again; what was accepted may not.
    private static let failovers = Scenario(
        "R08",
        "the primary of two replicas is killed, or stopped and let go on, under three sentinels; durability replicated:2",
        plan: { $0.replicate(2) },
        expect: { expectations in
            expectations.mayRewind = true
            expectations.consumers = 3
        },
        play: { try await failOver($0, times: 10) }
    )

    /// A primary that was stopped and goes on may have its writes confirmed by a replica that the sentinels have not turned to the new one
    /// yet; both then forget them. Only all replicas can vouch for that not to happen.
    private static let failoversOfOne = Scenario(
        "R08-one",
        "the same, while one of the two replicas is enough: durability replicated:1",
        plan: { $0.replicate(1) },
        expect: { expectations in
            expectations.mayRewind = true
            expectations.mayLose = true
        },
        play: { try await failOver($0, times: 4) }
    )

    private static func failOver(_ stage: Stage, times: Int) async throws {
        try await stage.underLoad(rate: 50) { number in
            // Handlers that decide the same at each call: what they declined once they decline again.
            let type = number.isMultiple(of: 3) ? "saga" : "plain"
            let acts = number.isMultiple(of: 6) ? ["d": Array(repeating: "decline", count: 20)] : ["a": ["slow:50"]]
            return Order("op-\(number)", type, acts: acts)
        } _: {
            for round in 0..<stage.times(times) {
                try await stage.sleep(1000)
                try await round.isMultiple(of: 2) ? stage.rig.killPrimary() : stage.rig.pausePrimary()
            }
        }
    }
}

extension RigPlan {
    /// A set of replicas, so many of which must confirm what is accepted.
    fileprivate mutating func replicate(_ count: Int) {
        isReplicated = true
        settings["STEPSTREAM_STORE_DURABILITY"] = "replicated:\(count)"
    }
}
