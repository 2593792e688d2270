package import Logging
public import ServiceLifecycle

/// Keeps a process registered as long as it runs, and takes the registration back at its graceful end.
public final class Registrar: Service {
    private let registration: Registration
    private let store: any TopologyStore
    private let clock: any MonotonicClock
    private let logger: Logger

    /// How long a registration holds without renewal: how long a dead process is still seen.
    public static let length = Milliseconds(30_000)
    /// How often it is renewed.
    public static let interval = Duration.seconds(10)
    /// How long the end waits for the registration to be taken back.
    private static let patience = Duration.seconds(2)

    /// What keeps `registration` in `store`.
    package init(_ registration: Registration, store: any TopologyStore, clock: any MonotonicClock = .system, logger: Logger) {
        self.registration = registration
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// Registers, and renews, until a graceful shutdown or cancellation; a store that is away is tried again.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.register()
                // Canceled only at the end: the loop's condition sees it.
                do { try await self.clock.sleep(until: self.clock.now + Self.interval) } catch { return }
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.unregister() }
            group.addTask {
                do { try await self.clock.sleep(until: self.clock.now + Self.patience) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func register() async {
        do throws(StoreError) {
            try await store.register(registration, for: Self.length)
        } catch {
            guard !Task.isCancelled else { return }
            logger.info("This process could not be registered", metadata: [LogKey.error: "\(error)"])
        }
    }

    private func unregister() async {
        do throws(StoreError) {
            try await store.unregister(registration.process)
        } catch {
            // It is gone by itself in half a minute.
            logger.debug("The registration could not be taken back", metadata: [LogKey.error: "\(error)"])
        }
    }
}
