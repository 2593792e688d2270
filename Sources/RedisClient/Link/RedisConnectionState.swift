/// Whether there is a connection, and since when.
package enum RedisConnectionState: Sendable {
    case connected(since: ContinuousClock.Instant)
    /// `lastError` is why the last connection was lost or could not be made; nil before the first attempt.
    case disconnected(since: ContinuousClock.Instant, lastError: RedisError?)

    package var isConnected: Bool {
        if case .connected = self { true } else { false }
    }

    package var lastError: RedisError? {
        if case .disconnected(_, let error) = self { error } else { nil }
    }
}
