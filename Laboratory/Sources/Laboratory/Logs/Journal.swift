import Dispatch
import Glibc
import Synchronization

/// An append-only file whose lines are on disk before anybody is told that they are written. Lines that come together share one flush.
public final class Journal: Sendable {
    private struct State {
        var text = ""
        var waiting: [@Sendable () -> Void] = []
        var isScheduled = false
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "journal")
    private let state = Mutex(State())

    /// Opens the file at `path`, or makes it.
    ///
    /// - Throws: when it cannot be opened.
    public init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LaboratoryError("The journal \(path) cannot be opened: errno \(errno).") }
    }

    deinit { Glibc.close(descriptor) }

    /// Appends a line, stamped with the time, and calls `then` once it is on disk.
    public func append(_ words: String, then: @escaping @Sendable () -> Void) {
        let isFirst = state.withLock { state in
            state.text += "\(TimeLabel.now) \(words)\n"
            state.waiting.append(then)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { queue.async { self.flush() } }
    }

    /// Appends a line and returns once it is on disk.
    public func append(_ words: String) async {
        await withCheckedContinuation { continuation in append(words) { continuation.resume() } }
    }

    private func flush() {
        let (text, waiting) = state.withLock { state in
            state.isScheduled = false
            defer { (state.text, state.waiting) = ("", []) }
            return (state.text, state.waiting)
        }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            // A log with a gap proves nothing; there is no use in going on.
            precondition(written > 0, "The journal cannot be written: errno \(errno).")
            bytes = bytes.dropFirst(written)
        }
        precondition(fdatasync(descriptor) == 0, "The journal cannot be flushed: errno \(errno).")
        for then in waiting { then() }
    }
}
