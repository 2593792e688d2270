package import Stepstream
import StepstreamStore

/// How the store keeps operations.
package enum StoreSettings {
    private static let standard = RedisStore.Configuration()

    package static let namespace = Setting("store.namespace", rule: .text, default: standard.namespace)
    package static let partitions = Setting("store.partitions", rule: .integer(in: 1...1024), default: standard.partitions)
    package static let history = Setting("store.history", rule: .integer(in: 10...10_000), default: standard.history)
    package static let retention = Setting(
        "store.retention",
        rule: .duration(in: .minutes(1)...(.days(365))),
        default: standard.retention.duration
    )
    package static let idempotencyRetention = Setting(
        "store.idempotencyRetention",
        rule: .duration(in: .minutes(1)...(.days(730))),
        default: standard.idempotencyRetention.duration
    )
    package static let durability = Setting("store.durability", rule: .durability, default: standard.durability)
    package static let memoryHighWater = Setting("store.memoryHighWater", rule: .share(in: 0.1...1), default: standard.memoryHighWater)

    static let all: [any AnySetting] = [
        namespace, partitions, history, retention, idempotencyRetention, durability, memoryHighWater,
    ]
}
