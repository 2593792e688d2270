import Glibc
import Stepstream
import Synchronization

/// Counts the attempts of another handler.
struct Tallied: StepHandler {
    let handler: any StepHandler
    let tally: Tally

    func run(_ context: StepContext) async throws -> Outcome {
        _ = try await tally.run(context)
        return try await handler.run(context)
    }
}

/// Counts attempts as the handler that does nothing, and notes when the first and the last one started.
final class Tally: StepHandler {
    private let attempts = Atomic(0)
    /// Nanoseconds of the monotonic clock; 0 before any.
    private let first = Atomic<Int64>(0)
    private let last = Atomic<Int64>(0)

    var count: Int { attempts.load(ordering: .relaxed) }

    /// Seconds from the start of the first attempt to that of the last.
    var seconds: Double { Double(last.load(ordering: .relaxed) - first.load(ordering: .relaxed)) / 1e9 }

    func run(_ context: StepContext) async throws -> Outcome {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        if attempts.add(1, ordering: .relaxed).oldValue == 0 { first.store(now, ordering: .relaxed) }
        last.store(now, ordering: .relaxed)
        return .succeeded(.emptyObject)
    }
}
