import Logging
import NIOCore
import ServiceLifecycle

extension Link {
    /// Keeps a connection until the task is cancelled, or until after a graceful shutdown every accepted call is done.
    ///
    /// Calls accepted but not answered when it ends fail.
    func run() async throws {
        guard start() else {
            throw RedisError(.refusedCommand, "run() was called a second time on the same Redis client", class: .other)
        }
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.stayConnected() }
                group.addTask { await self.waitUntilDrained() }
                await group.next()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.shutDown()
        }
        close()
    }

    private func stayConnected() async {
        var failures = 0
        while !Task.isCancelled {
            var problem: RedisError
            do throws(RedisError) {
                let connection = try await connector.connect(on: eventLoop, role: role, owner: self)
                failures = 0
                logger.info("connected to Redis", metadata: server(of: connection))
                problem = await connection.waitUntilLost()
                if Task.isCancelled { return }
                logger.info("lost the connection to Redis", metadata: [LogKey.error: "\(problem)"])
            } catch {
                if Task.isCancelled { return }
                problem = error
                connectFailed(problem)
                log(problem, failures: failures)
            }
            failures += 1
            let backoff = connector.configuration.reconnect
            // Refused credentials do not mend by themselves, and some servers lock out who tries too often.
            let pause =
                problem.errorClass == .configuration
                ? backoff.max : backoff.pause(after: failures, chance: Double.random(in: 0...1))
            do {
                try await Task.sleep(for: pause)
            } catch {
                return
            }
        }
    }

    /// Which of several servers it is; nothing where only one is configured.
    private func server(of connection: Connection) -> Logger.Metadata {
        guard connector.configuration.sentinels != nil, let address = connection.channel.remoteAddress else { return [:] }
        return [LogKey.server: "\(address)"]
    }

    /// The first failure in a row is news; the others are for those who look for them.
    private func log(_ problem: RedisError, failures: Int) {
        logger.log(
            level: failures > 0 ? .debug : problem.errorClass == .configuration ? .error : .info,
            "cannot connect to Redis",
            metadata: [
                LogKey.error: "\(problem)", LogKey.errorClass: "\(problem.errorClass.rawValue)", LogKey.attempt: "\(failures + 1)",
            ]
        )
    }
}
