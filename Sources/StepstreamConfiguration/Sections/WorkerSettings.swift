package import Stepstream
import StepstreamStore
import StepstreamWorker

/// How steps are worked on.
package enum WorkerSettings {
    private static let standard = WorkerConfiguration()

    package static let queues = Setting("worker.queues", rule: .names, flag: "--queues")
    package static let concurrency = Setting(
        "worker.concurrency",
        rule: .integer(in: 1...10_000),
        default: standard.concurrency,
        flag: "--concurrency"
    )
    package static let slot = Setting("worker.slot", rule: .integer(in: 0...100_000), default: 0, flag: "--slot")
    package static let lease = Setting(
        "worker.lease",
        rule: .duration(in: .milliseconds(500)...(.hours(1))),
        default: standard.lease.duration
    )
    package static let graceTime = Setting("worker.graceTime", rule: .duration(in: .zero ... .hours(1)), default: standard.graceTime)
    package static let reconcileInterval = Setting(
        "worker.reconcileInterval",
        rule: .duration(in: .seconds(1)...(.hours(1))),
        default: standard.reconcileInterval
    )
    package static let tidyInterval = Setting(
        "worker.tidyInterval",
        rule: .duration(in: .seconds(1)...(.days(1))),
        default: standard.tidyInterval
    )
    package static let retireAfter = Setting(
        "worker.retireAfter",
        rule: .duration(in: .seconds(1)...(.days(30))),
        default: RedisStore.Configuration().consumerIdle.duration
    )
    package static let metricsPort = Setting("worker.metricsPort", rule: .port)

    static let all: [any AnySetting] = [
        queues, concurrency, slot, lease, graceTime, reconcileInterval, tidyInterval, retireAfter, metricsPort,
    ]
}
