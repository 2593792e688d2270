import Synchronization

/// Counts what went over the wire.
package final class RedisStatistics: Sendable {
    private let commandCount = Atomic(0)
    private let writeCount = Atomic(0)
    private let bytesOut = Atomic(0)
    private let bytesIn = Atomic(0)
    private let connectCount = Atomic(0)

    init() {}

    /// Commands sent.
    package var commands: Int { commandCount.load(ordering: .relaxed) }
    /// Writes to sockets, each of which carried all that was waiting: the round trips.
    package var writes: Int { writeCount.load(ordering: .relaxed) }
    /// Bytes sent.
    package var sentBytes: Int { bytesOut.load(ordering: .relaxed) }
    /// Bytes received.
    package var receivedBytes: Int { bytesIn.load(ordering: .relaxed) }
    /// Connections made.
    package var connections: Int { connectCount.load(ordering: .relaxed) }

    func wrote(_ commands: Int, bytes: Int) {
        commandCount.add(commands, ordering: .relaxed)
        writeCount.add(1, ordering: .relaxed)
        bytesOut.add(bytes, ordering: .relaxed)
    }

    func read(bytes: Int) {
        bytesIn.add(bytes, ordering: .relaxed)
    }

    func connected() {
        connectCount.add(1, ordering: .relaxed)
    }
}
