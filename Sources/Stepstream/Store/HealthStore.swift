/// How the store is.
package protocol HealthStore: Sendable {
    /// Reachable, durable, configured as it must be, and how far the queues are behind.
    func health() async -> StoreHealth
}
