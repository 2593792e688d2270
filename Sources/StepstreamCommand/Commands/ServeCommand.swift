import ArgumentParser
import Stepstream

/// `stepstream serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serves the HTTP API until SIGTERM or Ctrl-C.")

    @OptionGroup var options: ServerOptions
    @OptionGroup var listen: ListenOptions

    func run() async throws {
        let assembly = try Assembly(try options.settings(listen.flags), role: "serve")
        try await assembly.run([assembly.registrar(serves: true, works: false), assembly.server()])
    }
}
