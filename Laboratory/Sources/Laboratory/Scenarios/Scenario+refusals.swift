import Foundation

// Redis lives and refuses.
extension Scenario {
    static let refusals = [refusingStates, forgottenScripts, badConfiguration, overload]

    private static let refusingStates = Scenario(
        "R12",
        "Redis is out of memory, has too few replicas, is a replica, cannot save, is busy, takes no clients, has lost its group or queue",
        expect: { expectations in
            expectations.mustSucceed = ["single", "plain"]
            expectations.refusedWithin = 4_000_000
            expectations.consumers = 3
        },
        play: { stage in
            try await stage.underLoad(rate: 40) { number in
                Order("op-\(number)", number.isMultiple(of: 3) ? "plain" : "single", acts: ["a": ["slow:100"]])
            } _: {
                let rig = stage.rig
                for _ in 0..<stage.times(3) {
                    try await rig.configure("maxmemory", "1500000", back: "0", for: 1500)
                    try await stage.sleep(500)
                    try await rig.configure("min-replicas-to-write", "1", back: "0", for: 1500)
                    try await stage.sleep(500)
                    try await rig.demote(for: 1500)
                    try await stage.sleep(500)
                    try await rig.failSaves(for: 1500)
                    try await stage.sleep(500)
                    try await rig.occupy(for: 1500)
                    try await stage.sleep(500)
                    try await rig.shutOut(for: 1000)
                    try await stage.sleep(500)
                    try await rig.destroyGroup()
                    try await stage.sleep(500)
                    try await rig.deleteQueue()
                    try await stage.sleep(500)
                }
            }
        }
    )

    private static let forgottenScripts = Scenario(
        "R14",
        "all scripts are forgotten ten times a second",
        expect: { $0.mustSucceed = ["single", "plain"] },
        play: { stage in
            try await stage.underLoad(rate: 100) { number in
                Order("op-\(number)", number.isMultiple(of: 3) ? "plain" : "single")
            } _: {
                try await stage.rig.flushScripts(times: stage.times(100), every: 100)
            }
        }
    )

    private static let badConfiguration = Scenario(
        "R15",
        "Redis evicts keys, keeps too little, or is no Redis of ours: nothing is accepted, and it is said why",
        plan: { $0.startsWorkers = false },
        play: { stage in
            let rig = stage.rig
            try rig.redis.ask("CONFIG", "SET", "maxmemory", "100mb")
            let wrong = [
                ("maxmemory-policy", "allkeys-lru", "noeviction", [:]),
                ("maxmemory-policy", "volatile-ttl", "noeviction", [:]),
                ("appendfsync", "everysec", "everysec", ["STEPSTREAM_STORE_DURABILITY": "fsync"]),
                ("maxmemory-policy", "noeviction", "noeviction", ["STEPSTREAM_STORE_PARTITIONS": "4"]),
            ]
            for (number, (name, value, back, own)) in wrong.enumerated() {
                try rig.redis.ask("CONFIG", "SET", name, value)
                await rig.note("refused-start", name)
                if let words = try await rig.acceptance(withAPI: own, "wrong-\(number)") {
                    await rig.faults.append("broken with \(name) \(value) and \(own) the API answered \(words)")
                }
                try rig.redis.ask("CONFIG", "SET", name, back)
            }
        }
    )

    private static let overload = Scenario(
        "R29",
        "three times what there is room for, for a while: what was accepted ends",
        expect: { expectations in
            expectations.wantsFaults = false
            expectations.consumers = 3
        },
        play: { stage in
            let end = ContinuousClock.now + .seconds(Double(stage.times(15)))
            try await OrderSubmitter(rig: stage.rig).run(rate: 100_000, limit: 256, while: { _ in ContinuousClock.now < end }) { number in
                Order("op-\(number)", "single")
            }
        }
    )
}
