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

    /// The environment is asked for once, before the start, and may wait for what it needs; the log takes the program's output.
    package init(executable: URL, arguments: [String], log: URL, environment: @escaping @Sendable () async throws -> [String: String]) {
        self.executable = executable
        self.arguments = arguments
        self.log = log
        self.environment = environment
    }

    package func run() async throws {
        let environment = try await cancelWhenGracefulShutdown(environment)
        let child = try ChildProcess(executable: executable, arguments: arguments, environment: environment, output: log)
        let isStopping = Mutex(false)
        let end = await withTaskCancellationOrGracefulShutdownHandler {
            await child.ended()
        } onCancelOrGracefulShutdown: {
            isStopping.withLock { $0 = true }
            child.send(SIGTERM)
            // Waits for nobody, and nobody for it: it ends with its sleep, and a process that has ended gets no signal.
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: 40)
                child.send(SIGKILL)
            }
        }
        guard isStopping.withLock({ $0 }) else {
            throw OrdersFailure("stepstream has ended unasked (\(end)). The end of \(log.path(percentEncoded: false)):\n\(logTail)")
        }
    }

    private var logTail: String {
        guard let text = try? String(contentsOf: log, encoding: .utf8) else { return "(cannot be read)" }
        return text.split(separator: "\n").suffix(15).map { "    \($0)" }.joined(separator: "\n")
    }
}
