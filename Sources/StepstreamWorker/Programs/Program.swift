import ChildProcesses
import Glibc
import Synchronization

/// One run of a program in a process group of its own: bytes in, bytes out, and no process of it left when it is over.
final class Program: Sendable {
    /// How it ended.
    enum End: Sendable, Hashable {
        /// It never ran; in words, why.
        case notStarted(String)
        /// It ended with a code; its standard output, and the end of its standard error.
        case exited(Int32, output: [UInt8], errors: String)
        /// A signal ended it; the end of its standard error.
        case signaled(Int32, errors: String)
        /// It wrote more than it may, and was killed.
        case tooMuchOutput
    }

    struct Limits: Sendable {
        /// The largest standard output, in bytes.
        var output: Int
        /// How much of the end of standard error is kept, in bytes.
        var errorTail: Int
        /// The time between SIGTERM and SIGKILL.
        var termination: Duration
    }

    private struct Control {
        /// Where the supervising thread is woken, while it runs.
        var wake: Int32?
        var isTerminating = false
    }

    let command: [String]
    let environment: [String: String]
    let input: [UInt8]
    let limits: Limits
    private let control = Mutex(Control())

    init(command: [String], environment: [String: String], input: [UInt8], limits: Limits) {
        self.command = command
        self.environment = environment
        self.input = input
        self.limits = limits
    }

    /// Runs it to its end. `terminate()` shortens that; cancellation alone does not.
    func run() async -> End {
        await withCheckedContinuation { continuation in
            do throws(SystemError) {
                try BlockingThread.start { continuation.resume(returning: self.superviseOnThisThread()) }
            } catch {
                continuation.resume(returning: .notStarted("\(error)"))
            }
        }
    }

    /// Asks the whole process group to end (SIGTERM), and makes it (SIGKILL) when the time for that is over. From any thread, any time.
    func terminate() {
        control.withLock { control in
            control.isTerminating = true
            if let wake = control.wake { Supervision.wake(wake, because: .terminate) }
        }
    }

    private func superviseOnThisThread() -> End {
        // A program that closes its standard input early must not end this process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        do throws(SystemError) {
            var supervision = try Supervision.start(self)
            let wake = supervision.wakeEnd
            let isTooLate = control.withLock { control in
                control.wake = wake
                return control.isTerminating
            }
            if isTooLate { Supervision.wake(wake, because: .terminate) }
            // The pipe goes with the supervision, so nobody may write to it after that.
            defer { control.withLock { $0.wake = nil } }
            return supervision.run()
        } catch {
            return .notStarted("\(error)")
        }
    }
}
