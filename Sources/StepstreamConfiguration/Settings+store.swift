import Stepstream
package import StepstreamStore

extension Settings {
    /// How the store keeps operations.
    package var store: RedisStore.Configuration {
        var configuration = RedisStore.Configuration()
        configuration.namespace = self[StoreSettings.namespace]
        configuration.partitions = self[StoreSettings.partitions]
        configuration.history = self[StoreSettings.history]
        configuration.retention = Milliseconds(self[StoreSettings.retention])
        configuration.idempotencyRetention = Milliseconds(self[StoreSettings.idempotencyRetention])
        configuration.durability = self[StoreSettings.durability]
        configuration.consumerIdle = Milliseconds(self[WorkerSettings.retireAfter])
        configuration.memoryHighWater = self[StoreSettings.memoryHighWater]
        return configuration
    }
}
