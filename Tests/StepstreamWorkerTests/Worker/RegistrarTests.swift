import Logging
import ServiceLifecycle
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("The registrar", .timeLimit(.minutes(1)))
struct RegistrarTests {
    private static let process = Registration(role: "work", host: "host", pid: 1, since: 1_767_323_045_678)

    @Test("registers, renews within a third of the time, registers again what was lost, and takes it back at a graceful end")
    func life() async throws {
        try await Bench.with { bench in
            let store = bench.store
            let clock = ManualClock()
            let registrar = Registrar(Self.process, store: store, clock: ClockTime(clock), logger: .quiet)
            let group = ServiceGroup(configuration: .init(services: [.init(service: registrar)], logger: .quiet))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                // It sleeps as soon as it is registered.
                try await clock.waitForSleepers()
                #expect(try await store.topology().registrations == [Self.process])

                try await store.unregister(Self.process.process)
                clock.advance(by: Registrar.interval)
                try await clock.waitForSleepers()
                #expect(try await store.topology().registrations == [Self.process])
                #expect(Registrar.interval * 3 <= Registrar.length.duration)

                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                #expect(try await store.topology().registrations == [])
            }
        }
    }
}
