import ArgumentParser
import EmbeddedRedis
import Foundation
import Logging
import ServiceLifecycle
import Stepstream
import StepstreamConfiguration

/// `stepstream dev`
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Runs the API, a worker and a Redis of its own until SIGTERM or Ctrl-C.",
        discussion:
            "For development. Redis listens on a unix socket only, keeps its data in the data folder, and stops with this process."
    )

    @OptionGroup var options: ServerOptions
    @OptionGroup var listen: ListenOptions
    @OptionGroup var work: WorkOptions

    @Option(help: "The folder in which Redis keeps its data (default: \(DevSettings.data.standard)).")
    var data: String?

    @Flag(help: "Stop when standard input closes, so that this process ends with its parent.")
    var untilStdinCloses = false

    func run() async throws {
        let settings = try options.settings(listen.flags + work.flags + [DevSettings.data.given(data)])
        let folder = settings[DevSettings.data] + "/redis"
        let redis = EmbeddedRedis(.init(folder: folder), logger: Logger(label: "stepstream.redis"))
        let url = try await redis.start()
        do {
            let assembly = try Assembly(settings, role: "dev", redis: url)
            var services: [any Service] = [
                assembly.registrar(serves: true, works: true), assembly.webhooks(), assembly.worker(), assembly.server(),
            ]
            if untilStdinCloses { services.append(InputWatch()) }
            try await assembly.run(services, before: [redis])
        } catch {
            await redis.stop()
            throw error
        }
        await redis.stop()
    }
}

/// Runs until standard input closes or a graceful shutdown begins.
struct InputWatch: Service {
    func run() async throws {
        let closed = AsyncStream<Void>.makeStream()
        // A blocking read has no place on the cooperative pool; the thread ends with its read or with the process.
        Thread.detachNewThread {
            while let data = try? FileHandle.standardInput.read(upToCount: 1), !data.isEmpty {}
            closed.continuation.finish()
        }
        await cancelWhenGracefulShutdown {
            for await _ in closed.stream {}
        }
    }
}
