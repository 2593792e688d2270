import Stepstream

// The program's own processes die, are stopped, or are asked to end.
extension Scenario {
    static let crashes = [killStorm, crashPoints, zombies, apiKills, drains, poison, churn, longQueue]

    private static let killStorm = Scenario(
        "R01",
        "three workers, one of which is killed every second",
        expect: { expectations in
            expectations.recovery = 6_000_000
            expectations.consumers = 3
        },
        play: { stage in
            try await stage.underLoad(rate: 150, atLeast: stage.times(10_000)) { number in
                Order.everyday(number, stage)
            } _: {
                var chance = stage.chance()
                for _ in 0..<stage.times(60) {
                    try await stage.sleep(Int64.random(in: 500...1300, using: &chance))
                    try await stage.rig.killWorker(Int.random(in: 0..<3, using: &chance))
                }
            }
        }
    )

    private static let zombies = Scenario(
        "R03",
        "workers are stopped for longer than their leases, and go on",
        expect: { expectations in
            expectations.wantsStale = true
            expectations.consumers = 3
        },
        play: { stage in
            try await stage.underLoad(rate: 40) { number in
                Order.everyday(number, stage, slow: 1600)
            } _: {
                // Two at once, and never all: somebody has to take over.
                for round in 0..<stage.times(15) {
                    var chance = stage.chance(UInt64(round))
                    let spared = round % 3
                    let times = (0..<3).map { _ in
                        Int64.random(in: stage.rig.plan.lease * 12 / 10...stage.rig.plan.lease * 3, using: &chance)
                    }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for slot in 0..<3 where slot != spared {
                            group.addTask { try await stage.rig.pauseWorker(slot, for: times[slot]) }
                        }
                        try await group.waitForAll()
                    }
                    try await stage.sleep(200)
                }
            }
        }
    )

    private static let apiKills = Scenario(
        "R04",
        "an API process dies between the store's answer and its own",
        plan: { $0.apis = 2 },
        expect: { $0.recovery = 8_000_000 },
        play: { stage in
            let points: [Failpoint] = [.afterReserve, .afterSubmit, .afterInlineBegin, .afterInline, .beforeAnswer]
            try await stage.underLoad(rate: 30) { number in
                var order = Order("key-\(number)", number / 2 % 2 == 0 ? "mixed" : "single", acts: ["a": ["slow:100"]])
                order.key = "key-\(number)"
                return order
            } _: {
                for round in 0..<stage.times(40) {
                    let point = points[round % points.count]
                    let isHit = try await stage.rig.crashAPI(round % 2, at: point)
                    if !isHit { await stage.rig.faults.append("broken \(point.rawValue) was not reached") }
                }
            }
        }
    )

    private static let drains = Scenario(
        "R05",
        "workers are asked to end under load; once, twice, and too late",
        plan: { plan in
            plan.lease = 10_000
            plan.grace = 600
        },
        expect: { expectations in
            // Half a lease: nothing that was handed back has waited for one.
            expectations.recovery = 5_000_000
            expectations.consumers = 3
        },
        play: { stage in
            try await stage.underLoad(rate: 60) { number in
                Order.everyday(number, stage, slow: 2000)
            } _: {
                for round in 0..<stage.times(50) {
                    try await stage.sleep(300)
                    let code = try await stage.rig.drainWorker(round % 3, twice: round % 4 == 3)
                    if code != 0 {
                        await stage.rig.faults.append("broken a drained worker ended with \(code.map(String.init) ?? "SIGKILL")")
                    }
                }
            }
        }
    )

    private static let poison = Scenario(
        "R17",
        "one operation in a hundred kills the worker that runs it",
        expect: { $0.mustFail = ["poison"] },
        play: { stage in
            try await stage.rig.whileSupervised {
                let count = stage.times(500)
                try await stage.underLoad(rate: 60, atLeast: count) { number in
                    number % 100 == 50 ? Order("poison-\(number)", "poison") : Order.everyday(number, stage)
                } _: {
                }
                try await stage.rig.rest()
                let deaths = stage.rig.tally.deaths
                let most = 3 * ((count + 49) / 100)
                if deaths > most { await stage.rig.faults.append("broken \(deaths) workers died of poison; \(most) may") }
                if deaths == 0 { await stage.rig.faults.append("broken no worker died of poison") }
            }
        }
    )

    private static let churn = Scenario(
        "R19",
        "workers come and go under ever new names",
        plan: { plan in
            plan.startsWorkers = false
            plan.settings = ["STEPSTREAM_WORKER_TIDY_INTERVAL": "2s", "STEPSTREAM_WORKER_RETIRE_AFTER": "3s"]
        },
        expect: { expectations in
            expectations.recovery = 10_000_000
            expectations.consumers = 4
        },
        play: { stage in
            // They are there before the first reader is, and before the group.
            try await OrderSubmitter(rig: stage.rig).run(50) { Order("early-\($0)", "single") }
            try stage.rig.startWorker(1000)
            if try await !stage.rig.rest(for: .seconds(12)) {
                await stage.rig.faults.append("broken what was there before the first worker waited")
            }
            try await stage.underLoad(rate: 60) { number in
                Order.everyday(number, stage)
            } _: {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for lane in 0..<3 {
                        group.addTask {
                            for round in 0..<stage.times(170) {
                                let slot = lane + 3 * round
                                try stage.rig.startWorker(slot)
                                try await stage.sleep(250)
                                try await stage.rig.endWorker(slot, kindly: round.isMultiple(of: 2))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            try await stage.rig.rest()
            try await stage.rig.waitForConsumers(atMost: 4)
        }
    )

    /// The sweep looks at a thousand entries a call: the ones of the dead worker lie behind more than that.
    private static let longQueue = Scenario(
        "R16",
        "a worker dies whose messages lie behind 1,500 of a slow one; two foreign groups read along",
        plan: { plan in
            plan.workers = 2
            plan.startsWorkers = false
            plan.concurrency = 2000
            plan.lease = 6000
        },
        expect: { expectations in
            expectations.recovery = 20_000_000
        },
        play: { stage in
            for group in ["auditors", "copies"] { try stage.rig.redis.ask("XGROUP", "CREATE", Rig.queue, group, "0", "MKSTREAM") }
            try stage.rig.startWorker(0)
            let submitter = OrderSubmitter(rig: stage.rig)
            try await submitter.run(1500) { Order("slow-\($0)", "long", acts: ["a": ["slow:30000"]]) }
            try await stage.rig.waitForPending(atLeast: 1500)
            try stage.rig.startWorker(1)
            try await submitter.run(300) { Order("quick-\($0)", "long", acts: ["a": ["slow:3000"]]) }
            try await stage.sleep(700)
            // It does not come back under its name, so that another must find what it had.
            try await stage.rig.killWorker(1, restarts: false)
        }
    )
}
