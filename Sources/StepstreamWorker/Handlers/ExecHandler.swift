public import ServiceLifecycle
public import Stepstream
import Synchronization

/// Runs a step by running a program: JSON on standard input, JSON on standard output. docs/handlers.md has the contract.
///
/// As a service it does nothing until the end: then it waits until the last program has been ended and reaped, so that none outlives
/// the process. Put it before the worker in a service group.
public final class ExecHandler: StepHandler, Service {
    /// The largest result that is taken, in bytes.
    public static let outputLimit = 1 << 20
    /// How much of the end of standard error is kept, in bytes.
    public static let errorTail = 2 << 10
    /// How long a program may take to end after SIGTERM.
    public static let terminationTime = Duration.seconds(2)
    /// What `EX_TEMPFAIL` of sysexits.h is: the program says that it may be tried again.
    static let temporaryFailure: Int32 = 75

    private struct Running {
        var count = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let environment: [String: String]
    private let running = Mutex(Running())

    /// A handler whose programs see `environment` besides the variables about their step.
    ///
    /// - Parameter environment: nothing of the process's own is passed on unless it is named here: it may hold credentials. The program
    ///   is looked for along the process's own `PATH`.
    public init(environment: [String: String] = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]) {
        self.environment = environment
    }

    /// Makes one attempt; see `StepHandler`.
    public func run(_ context: StepContext) async throws -> Outcome {
        guard case .exec(let command) = context.handler, !command.isEmpty else { return .failed(.notExec, retry: .never) }
        let program = Program(
            command: command,
            environment: environment.merging(context.environment) { $1 },
            input: Array(context.request.text.utf8),
            limits: .init(output: Self.outputLimit, errorTail: Self.errorTail, termination: Self.terminationTime)
        )
        running.withLock { $0.count += 1 }
        let end = await withTaskCancellationHandler {
            await program.run()
        } onCancel: {
            program.terminate()
        }
        ended()
        return Self.outcome(of: end)
    }

    /// Waits for a graceful shutdown, then until no program runs any more.
    public func run() async throws {
        do { try await gracefulShutdown() } catch is CancellationError {}
        await withCheckedContinuation { continuation in
            let isIdle = running.withLock { running in
                if running.count > 0 { running.waiters.append(continuation) }
                return running.count == 0
            }
            if isIdle { continuation.resume() }
        }
    }

    private func ended() {
        let waiters = running.withLock { running in
            running.count -= 1
            guard running.count == 0 else { return [] as [CheckedContinuation<Void, Never>] }
            defer { running.waiters = [] }
            return running.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    static func outcome(of end: Program.End) -> Outcome {
        switch end {
        case .notStarted(let words):
            return .failed(.notStarted(words), retry: .byPolicy(after: nil))
        case .signaled(let signal, _):
            return .unknown(.signaled(signal))
        case .tooMuchOutput:
            return .unknown(.tooMuchOutput)
        case .exited(0, let output, _):
            // A line break is what programs print when they have nothing to say.
            if output.allSatisfy({ $0 == 0x0A || $0 == 0x0D || $0 == 0x20 || $0 == 0x09 }) { return .succeeded(.null) }
            do throws(JSONFault) {
                return .succeeded(try JSONNode.parse(output).minified)
            } catch {
                // It has done the work: failed would mean that the step is not undone.
                return .unknown(.unreadableOutput("\(error)"))
            }
        case .exited(temporaryFailure, _, let tail):
            return .failed(.exited(temporaryFailure, tail: tail), retry: .byPolicy(after: nil))
        case .exited(let code, _, let tail):
            return .failed(.exited(code, tail: tail), retry: .never)
        }
    }
}

extension StepContext {
    /// The variables about its step that a program gets besides the JSON.
    fileprivate var environment: [String: String] {
        var variables = [
            "STEPSTREAM_OPERATION": operation.text, "STEPSTREAM_TYPE": type.text, "STEPSTREAM_STEP": work.step.text,
            "STEPSTREAM_ACTION": action, "STEPSTREAM_ATTEMPT": "\(attempt)", "STEPSTREAM_EPOCH": "\(epoch)",
            "STEPSTREAM_IDEMPOTENCY_KEY": idempotencyKey,
        ]
        variables["TRACEPARENT"] = traceparent
        return variables
    }
}
