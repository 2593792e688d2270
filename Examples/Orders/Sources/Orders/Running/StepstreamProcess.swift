import ChildProcesses
package import Foundation
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs `stepstream dev` as a child for as long as the demo runs: started when the services listen, ended with SIGTERM.
package struct StepstreamProcess: Service {
    private let executable: URL
    private let arguments: [String]
    private let environment: @Sendable () async throws -> [String: String]
    private let log: URL

    private let chaos: Chaos?

    /// The environment is asked for once, before the start, and may wait for what it needs; the log takes the program's output. With
    /// `chaos` the program is killed now and then, and started again.
    package init(
        executable: URL,
        arguments: [String],
        log: URL,
        chaos: Chaos? = nil,
        environment: @escaping @Sendable () async throws -> [String: String]
    ) {
        self.executable = executable
        self.arguments = arguments
        self.log = log
        self.chaos = chaos
        self.environment = environment
    }

    package func run() async throws {
        var environment = try await cancelWhenGracefulShutdown(environment)
        if let chaos {
            environment.merge(chaos.environment) { $1 }
            for kills in 0..<chaos.kills {
                guard try await runUntilKilled(after: chaos.moment(after: kills), environment) else { return }
                FileHandle.standardError.write(Data("killed Stepstream, its worker and its Redis (\(kills + 1) of \(chaos.kills))\n".utf8))
            }
        }
        _ = try await runUntilKilled(after: nil, environment)
    }

    /// Runs the program until it is to stop, or is killed.
    ///
    /// - Returns: whether it was killed.
    private func runUntilKilled(after time: Duration?, _ environment: [String: String]) async throws -> Bool {
        let child = try start(environment)
        let fate = Fate()
        let end = await withTaskCancellationOrGracefulShutdownHandler {
            await withTaskGroup { group in
                if let time {
                    group.addTask {
                        // Canceled when the program has ended by itself.
                        do { try await Task.sleep(for: time) } catch { return }
                        if fate.becomes(.killed) { child.send(SIGKILL) }
                    }
                }
                let end = await child.ended()
                group.cancelAll()
                return end
            }
        } onCancelOrGracefulShutdown: {
            _ = fate.becomes(.stops)
            child.send(SIGTERM)
            // Waits for nobody, and nobody for it: it ends with its sleep, and a process that has ended gets no signal.
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: 40)
                child.send(SIGKILL)
            }
        }
        switch fate.now {
        case .stops: return false
        case .killed: return true
        case .runs:
            throw OrdersFailure("stepstream has ended unasked (\(end)). The end of \(log.path(percentEncoded: false)):\n\(logTail)")
        }
    }

    /// Starts the program with its output appended to the log. Its standard input is a pipe that nobody else holds open: it reads the end
    /// of it when we are gone, however that came about.
    private func start(_ environment: [String: String]) throws -> ChildProcess {
        let path = executable.path(percentEncoded: false)
        do throws(SystemError) {
            var input = try PipeEnds()
            let output = ChildCommand.Source.append(to: log.path(percentEncoded: false), permissions: 0o644)
            let command = ChildCommand(
                path,
                arguments: arguments,
                environment: environment,
                descriptors: [.descriptor(input.reading), output, .same(as: 1)]
            )
            return try ChildProcess(command, holding: input.takeWriting())
        } catch {
            throw OrdersFailure("\(path) cannot be started: \(error)")
        }
    }

    private var logTail: String {
        guard let text = try? String(contentsOf: log, encoding: .utf8) else { return "(cannot be read)" }
        return text.split(separator: "\n").suffix(15).map { "    \($0)" }.joined(separator: "\n")
    }
}

/// What is to become of the program.
private final class Fate: Sendable {
    enum State { case runs, killed, stops }

    private let state = Mutex(State.runs)

    var now: State { state.withLock { $0 } }

    /// Decides, unless it is to stop already.
    func becomes(_ new: State) -> Bool {
        state.withLock { state in
            guard state != .stops else { return false }
            state = new
            return true
        }
    }
}
