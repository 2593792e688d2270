import Synchronization

/// What a client has done since it was made, on all its connections: that of its commands, and those of the readers and subscribers it made.
package struct RedisStatistics: Sendable, Equatable {
    /// Commands written.
    package var commands = 0
    /// Writes to sockets: far fewer than commands when many tasks send at once.
    package var writes = 0
    package var bytesOut = 0
    package var bytesIn = 0
    /// Connections for commands made after the first one.
    package var reconnects = 0

    /// With the traffic of further connections.
    func with(_ others: RedisStatistics) -> RedisStatistics {
        var sum = self
        sum.commands += others.commands
        sum.writes += others.writes
        sum.bytesOut += others.bytesOut
        sum.bytesIn += others.bytesIn
        return sum
    }
}

/// The counters behind ``RedisStatistics``. Each is exact; a snapshot of all five is not one moment.
final class StatisticsCounters: Sendable {
    private let commands = Atomic<Int>(0)
    private let writes = Atomic<Int>(0)
    private let bytesOut = Atomic<Int>(0)
    private let bytesIn = Atomic<Int>(0)
    private let connections = Atomic<Int>(0)

    func wrote(commands count: Int, bytes: Int) {
        commands.wrappingAdd(count, ordering: .relaxed)
        writes.wrappingAdd(1, ordering: .relaxed)
        bytesOut.wrappingAdd(bytes, ordering: .relaxed)
    }

    func read(bytes: Int) {
        bytesIn.wrappingAdd(bytes, ordering: .relaxed)
    }

    func connected() {
        connections.wrappingAdd(1, ordering: .relaxed)
    }

    var snapshot: RedisStatistics {
        RedisStatistics(
            commands: commands.load(ordering: .relaxed),
            writes: writes.load(ordering: .relaxed),
            bytesOut: bytesOut.load(ordering: .relaxed),
            bytesIn: bytesIn.load(ordering: .relaxed),
            reconnects: max(0, connections.load(ordering: .relaxed) - 1)
        )
    }
}
