package import Logging
import ServiceLifecycle
import Synchronization

/// A redis-server of our own, for a laptop, a demo or a test: it listens on a unix socket only, keeps its data in one folder, and never
/// outlives this process, not even one that is killed with SIGKILL.
///
/// It is for one process on one machine. In production run Redis apart, with config/redis.conf.
package final class EmbeddedRedis: Service {
    private struct State {
        var process: WatchedProcess?
        var url: String?
        var isStopping = false
    }

    package let configuration: Configuration
    private let logger: Logger
    private let state = Mutex(State())

    package init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Redis's process identifier, while it runs.
    package var processIdentifier: Int32? { state.withLock { $0.process }?.redis }

    /// Starts Redis and waits until it answers.
    ///
    /// - Returns: its address, `unix:///…`, which stays the same over restarts.
    /// - Throws: ``EmbeddedRedisError``.
    package func start() async throws -> String {
        if let url = state.withLock({ $0.process?.status == nil ? $0.url : nil }) { return url }
        return try await launch()
    }

    /// Starts Redis unless ``start()`` did, starts it again whenever it dies, and ends it on graceful shutdown or cancellation.
    package func run() async throws {
        do {
            try await withTaskCancellationOrGracefulShutdownHandler {
                // One that was started and died since is found, logged and replaced below.
                if state.withLock({ $0.process == nil }) { _ = try await launch() }
                try await superviseUntilStopped()
            } onCancelOrGracefulShutdown: {
                self.requestStop()
            }
        } catch let error as EmbeddedRedisError where error.code == .stopped {
            // The shutdown came while Redis was starting; what was started is ended below.
        }
        await stop()
    }

    /// Ends Redis: SIGTERM, on which it writes its append-only file to disk, then SIGKILL. Returns when it is gone.
    package func stop() async {
        guard let process = requestStop() else { return }
        let limit = Duration.seconds(configuration.stopLimit + 5)
        await withTaskGroup { group in
            group.addTask {
                // Cancelled as soon as Redis is gone; only a watcher that hangs lets it run out.
                guard case .some = try? await Task.sleep(for: limit) else { return }
                process.killGroup()
            }
            _ = await process.ended()
            group.cancelAll()
        }
    }

    /// Sends `signal` to Redis, if it runs; for tests.
    package func kill(_ signal: Int32) {
        state.withLock { $0.process }?.signal(signal)
    }

    /// Suspends until the Redis that runs now has ended; for tests.
    package func waitUntilEnded() async {
        _ = await state.withLock { $0.process }?.ended()
    }

    @discardableResult
    private func requestStop() -> WatchedProcess? {
        let process = state.withLock { state in
            state.isStopping = true
            return state.process
        }
        process?.release()
        return process
    }

    private func superviseUntilStopped() async throws {
        var backoff = RestartBackoff()
        while let process = state.withLock({ $0.isStopping ? nil : $0.process }) {
            let started = ContinuousClock.now
            let status = await process.ended()
            if state.withLock({ $0.isStopping }) { return }
            if ContinuousClock.now - started > RestartBackoff.healthyLife { backoff = RestartBackoff() }
            let delay = backoff.next()
            logger.error("The embedded Redis ended unexpectedly and is started again", metadata: .of((.status, status), (.backoff, delay)))
            try await pause(delay)
            do {
                _ = try await launch()
            } catch {
                guard error.code != .stopped else { throw error }
                logger.error("The embedded Redis could not be started again", metadata: .of((.error, error)))
            }
        }
    }

    private func launch() async throws(EmbeddedRedisError) -> String {
        let folder = try DataFolder(creating: configuration.folder)
        let socket = try SocketPath.choose(for: folder)
        let executable = try Executable.find(configuration.executable)
        let lock = try await FolderLock(folder, limit: configuration.lockLimit) { () throws(EmbeddedRedisError) in try proceed() }
        folder.rotateLog()
        let command = [executable] + configuration.arguments(socket: socket)
        let process = try WatchedProcess.launch(command, folder: folder, lock: lock, configuration: configuration)
        let url = "unix://" + socket
        let isStopping = state.withLock { state in
            state.process = process
            state.url = url
            return state.isStopping
        }
        if isStopping { process.release() }
        do {
            try await waitUntilReady(process, folder: folder, socket: socket)
        } catch {
            process.release()
            throw error
        }
        logger.info(
            "The embedded Redis is ready",
            metadata: .of((.processIdentifier, process.redis ?? 0), (.folder, folder.path), (.socket, socket))
        )
        return url
    }

    private func waitUntilReady(_ process: WatchedProcess, folder: DataFolder, socket: String) async throws(EmbeddedRedisError) {
        var deadline = ContinuousClock.now + configuration.startLimit
        var isLoading = false
        while true {
            try proceed()
            if let status = process.status {
                throw EmbeddedRedisError(
                    .startFailed,
                    """
                    The embedded Redis ended with status \(status) while it started (it must be Redis 7.0 or newer). \
                    The end of \(folder.log):
                    \(folder.logTail())
                    """
                )
            }
            switch try await Ping.send(to: socket) {
            case .ready where process.redis != nil: return
            case .loading where !isLoading:
                isLoading = true
                deadline = .now + configuration.loadLimit
            case .ready, .loading, .silence: break
            }
            guard ContinuousClock.now < deadline else {
                let doing =
                    isLoading
                    ? "still loads its data after \(configuration.loadLimit)" : "did not answer within \(configuration.startLimit)"
                throw EmbeddedRedisError(.startFailed, "The embedded Redis \(doing). The end of \(folder.log):\n\(folder.logTail())")
            }
            try await pause(.milliseconds(5))
        }
    }

    private func proceed() throws(EmbeddedRedisError) {
        if state.withLock({ $0.isStopping }) {
            throw EmbeddedRedisError(.stopped, "The embedded Redis was stopped while it started.")
        }
    }
}
