import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Tells how far a replay is: a bar that redraws itself on a terminal, elsewhere a line for every tenth.
package final class Progress: Sendable {
    private let total: Int
    private let descriptor: Int32
    private let isTerminal: Bool
    private let state = Mutex((done: 0, succeeded: 0))

    /// The descriptor is where to write: 1 or 2.
    package init(total: Int, descriptor: Int32) {
        self.total = total
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// Notes that an order has ended.
    func note(_ followed: FollowedOrder) {
        // Written under the lock, so that lines come in order.
        state.withLock { state in
            state.done += 1
            if followed.outcome == .succeeded { state.succeeded += 1 }
            guard let text = text(done: state.done, succeeded: state.succeeded) else { return }
            // A terminal that is gone is no reason to stop the replay.
            _ = text.utf8CString.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count - 1) }
        }
    }

    private func text(done: Int, succeeded: Int) -> String? {
        let counts = "\(done)/\(total) orders ended, \(succeeded) succeeded"
        guard isTerminal else {
            return done * 10 / total > (done - 1) * 10 / total ? "\(done * 100 / total) %: \(counts)\n" : nil
        }
        let filled = done * 40 / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 40 - filled)
        return "\r\(bar) \(counts)\(done == total ? "\n" : "")"
    }
}
