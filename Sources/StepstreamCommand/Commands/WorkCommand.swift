import ArgumentParser
import ServiceLifecycle
import Stepstream

/// `stepstream work`
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Claims, runs and commits steps, and delivers webhooks, until SIGTERM or Ctrl-C.",
        discussion: "On SIGTERM it claims nothing more, lets running steps finish within worker.graceTime, and hands the rest back at once."
    )

    @OptionGroup var options: ServerOptions
    @OptionGroup var work: WorkOptions

    func run() async throws {
        let assembly = try Assembly(try options.settings(work.flags), role: "work")
        let metrics: [any Service] = [assembly.metricsServer()].compactMap(\.self)
        try await assembly.run(metrics + [assembly.registrar(serves: false, works: true), assembly.webhooks(), assembly.worker()])
    }
}
