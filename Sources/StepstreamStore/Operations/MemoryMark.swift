import RedisClient
import Stepstream
import Synchronization

/// Refuses submissions before Redis refuses writes, since what has been accepted needs memory to be finished; and while Redis would rather
/// delete what was accepted than refuse.
final class MemoryMark: Sendable {
    /// How old what is known may be.
    private static let age = Duration.seconds(1)

    private struct State {
        var sampled: ContinuousClock.Instant?
        var isSampling = false
        var share: Double?
        var evictionPolicy: String?
    }

    /// The share of `maxmemory` from which on nothing is accepted.
    private let mark: Double
    private let state = Mutex(State())

    init(_ mark: Double) {
        self.mark = mark
    }

    /// Whether it is time to `sample` the memory, once a second at most; whoever gets true does it.
    func takesSample() -> Bool {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard !state.isSampling, state.sampled.map({ now - $0 >= Self.age }) ?? true else { return false }
            state.isSampling = true
            return true
        }
    }

    /// Whether what is known is hardly older than it may be, so that nobody has to wait for a new look.
    var isRecent: Bool {
        let now = ContinuousClock.now
        return state.withLock { state in state.sampled.map { now - $0 < Self.age * 2 } ?? false }
    }

    /// Throws when the memory was filled to the mark when it was looked at.
    func check() throws(StoreError) {
        let (share, policy) = state.withLock { ($0.share, $0.evictionPolicy) }
        if let policy {
            throw StoreError(
                .refused,
                "Redis's maxmemory-policy is \(policy), so it may evict accepted operations; it must be noeviction."
            )
        }
        guard let share, share >= mark else { return }
        let percent = Int(share * 100)
        throw StoreError(
            .refused,
            "Redis uses \(percent) % of maxmemory; from \(Int(mark * 100)) % on nothing is accepted."
        )
    }

    /// Looks at the memory.
    func sample(over client: RedisClient) async {
        var sample = State()
        do throws(RedisError) {
            let info = ServerInfo(try await client.send(RedisCommand("INFO", "memory")).string ?? "")
            sample.share = info.memoryShare
            sample.evictionPolicy = info.evictionPolicy
        } catch {
            // Not known, so nothing is refused for it; the write that follows finds out what is wrong.
        }
        sample.sampled = .now
        state.withLock { [sample] in $0 = sample }
    }
}
