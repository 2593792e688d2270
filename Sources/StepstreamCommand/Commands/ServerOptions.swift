import ArgumentParser
import Foundation
import Logging

/// The flags that all servers share. They have no defaults of their own, so that the configuration's hold.
struct ServerOptions: ParsableArguments {
    @Option(help: "The settings file (default: config/stepstream.yaml, if it is there).")
    var config: String?

    @Option(
        name: .customLong("redis"),
        help: "The URL of Redis: redis://[user:password@]host[:port][/database], rediss://…, unix:///path, redis+sentinel://host,host/name."
    )
    var redisURL: String?

    @Option(help: "The folder of definition files.")
    var definitions: String?

    @Option(help: "The least severe level that is logged.")
    var logLevel: String?

    @Option(help: "How log records look: text or json.")
    var logFormat: String?

    /// The configuration under these flags and `more`; also sets the log up.
    func settings(_ more: [String: String?] = [:]) async throws -> Settings {
        let settings = try await plainSettings(more)
        LogOutput.bootstrap(
            level: settings.text("log.level").flatMap(Logger.Level.init(rawValue:)) ?? .info,
            format: settings.text("log.format").flatMap(LogOutput.Format.init(rawValue:)) ?? .text
        )
        return settings
    }

    /// The configuration, with the log left as it is.
    func plainSettings(_ more: [String: String?] = [:]) async throws -> Settings {
        var flags = more.compactMapValues(\.self)
        flags["redis.url"] = redisURL
        flags["definitions.folder"] = definitions
        flags["log.level"] = logLevel
        flags["log.format"] = logFormat
        return try await Settings(file: config, flags: flags, environment: ProcessInfo.processInfo.environment)
    }
}

/// The flags of an API server.
struct ListenOptions: ParsableArguments {
    @Option(help: "The address to listen on.")
    var host: String?

    @Option(help: "The port to listen on; 0 for any free one.")
    var port: Int?

    var flags: [String: String?] { ["http.host": host, "http.port": port.map(String.init)] }
}

/// The flags of a worker.
struct WorkOptions: ParsableArguments {
    @Option(help: "The queues to work on, separated by commas (default: all that the definitions name).")
    var queues: String?

    @Option(help: "How many steps run at once at most.")
    var concurrency: Int?

    @Option(help: "The number of this worker among those of its host; no two at once may have the same.")
    var slot: Int?

    var flags: [String: String?] {
        ["worker.queues": queues, "worker.concurrency": concurrency.map(String.init), "worker.slot": slot.map(String.init)]
    }
}
