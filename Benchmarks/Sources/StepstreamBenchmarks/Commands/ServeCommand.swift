import ArgumentParser
import Foundation
import Stepstream
import StepstreamMetrics
import StepstreamServer
import StepstreamStore

/// The API over the store, with what happens counted as in the product: for `Benchmarks/instructions.py`, as valgrind does not survive the
/// product's own main thread (see ``Entry``).
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the API for the operations that are measured, prints the port, and ends with its standard input."
    )

    @Option(help: "The Redis to work on, with nothing else in it.")
    var redis: String

    func run() async throws {
        let workload = try Workload(inputBytes: Plan.full.inputBytes)
        let inline = Definition(type: "benchmark-sync", steps: [Step(name: "work", mode: .sync, handler: .swift(Workload.handler))])
        var handlers = HandlerRegistry()
        handlers.register(Workload.handler, handler: Nothing())
        try await Stand.with(redisAt: redis) { [handlers] stand in
            let meters = Meters(factory: PrometheusRegistry())
            let counts = CountKeeper(stand.store, logger: .silent)
            let observer = OperationObserver(meters: meters, counts: counts) { .now }
            var configuration = ServerConfiguration()
            configuration.port = 0
            let server = APIServer(
                configuration: configuration,
                store: stand.store.roles.observed(by: observer),
                catalog: try DefinitionCatalog([workload.definition, inline]),
                handlers: handlers,
                meters: meters,
                logger: .silent
            )
            try await beside([server.run, counts.run]) {
                guard let port = await server.listeningPort() else { throw Wrong("The server ended without listening.") }
                FileOutput.standard.write("port \(port)\n")
                await Self.standardInputEnds()
            }
        }
    }

    /// On a thread of its own, as reading blocks it.
    private static func standardInputEnds() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                while readLine() != nil {}
                continuation.resume()
            }
        }
    }
}

/// What the sync step does.
private struct Nothing: StepHandler {
    func run(_ context: StepContext) async throws -> Outcome {
        .succeeded(.emptyObject)
    }
}
