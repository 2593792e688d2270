/// Where processes say what they are, and where it can be seen.
package protocol TopologyStore: Sendable {
    /// Registers a process, or renews its registration; without renewal it is gone after `time`.
    ///
    /// - Throws: `refused` when there are already as many processes as are kept.
    func register(_ registration: Registration, for time: Milliseconds) async throws(StoreError)
    /// Takes a registration back.
    func unregister(_ process: String) async throws(StoreError)
    /// What can be seen now.
    func topology() async throws(StoreError) -> ObservedTopology
}
