import ArgumentParser
import ServiceLifecycle
import Stepstream

/// `stepstream work`
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Runs steps from the queues and delivers webhooks until SIGTERM or Ctrl-C.",
        discussion:
            "On SIGTERM it takes no new steps, lets running ones finish for worker.graceTime, and releases the rest to other workers."
    )

    @OptionGroup var options: ServerOptions
    @OptionGroup var work: WorkOptions

    func run() async throws {
        let assembly = try Assembly(try options.settings(work.flags), role: "work")
        let metrics: [any Service] = [assembly.metricsServer()].compactMap(\.self)
        try await assembly.run(metrics + [assembly.registrar(serves: false, works: true), assembly.webhooks(), assembly.worker()])
    }
}
