import Synchronization

extension FaultProxy {
    /// Which way bytes go.
    public enum Direction: CaseIterable, Hashable, Sendable {
        /// Requests.
        case toServer
        /// Replies.
        case toClient
    }

    /// What happens to the bytes of one direction.
    public struct Faults: Sendable {
        /// How much later each byte arrives.
        public var delay: Duration
        /// Bytes are handed on in pieces of at most this size, each written apart; `nil`: as they come.
        public var chunkSize: Int?
        /// The pause between two pieces.
        public var chunkInterval: Duration
        /// After so many bytes, counted from ``FaultProxy/set(_:on:)`` over all connections, nothing is handed on any more and
        /// nothing more is read, while the connections stay open; `nil`: never. Zero: silence at once.
        public var stallAfter: Int?

        /// Without arguments: no fault.
        public init(delay: Duration = .zero, chunkSize: Int? = nil, chunkInterval: Duration = .zero, stallAfter: Int? = nil) {
            self.delay = delay
            self.chunkSize = chunkSize
            self.chunkInterval = chunkInterval
            self.stallAfter = stallAfter
        }
    }

    /// The faults in force and the bytes counted, shared by all connections.
    final class Flow: Sendable {
        private struct Lane {
            var faults = Faults()
            var passed = 0
            var total = 0
        }

        private let lanes = Mutex<[Direction: Lane]>([:])

        func set(_ faults: Faults, on direction: Direction) {
            lanes.withLock { lanes in
                lanes[direction, default: Lane()].faults = faults
                lanes[direction, default: Lane()].passed = 0
            }
        }

        func faults(_ direction: Direction) -> Faults {
            lanes.withLock { $0[direction]?.faults ?? Faults() }
        }

        func byteCount(_ direction: Direction) -> Int {
            lanes.withLock { $0[direction]?.total ?? 0 }
        }

        /// How many of `available` bytes may be handed on now; they count as handed on.
        func take(_ available: Int, direction: Direction) -> Int {
            lanes.withLock { lanes in
                var lane = lanes[direction] ?? Lane()
                var count = min(available, lane.faults.chunkSize.map { max(1, $0) } ?? available)
                if let limit = lane.faults.stallAfter { count = min(count, max(0, limit - lane.passed)) }
                lane.passed += count
                lane.total += count
                lanes[direction] = lane
                return count
            }
        }
    }
}
