import ArgumentParser
import Foundation
import Logging
import StepstreamConfiguration

/// The flags that all servers share. They have no defaults of their own, so that the configuration's hold.
struct ServerOptions: ParsableArguments {
    @Option(help: "The settings file (default: STEPSTREAM_CONFIG, else config/stepstream.yaml if it exists).")
    var config: String?

    @Option(
        name: .customLong("redis"),
        help: .init(
            "The URL of Redis (default: \(RedisSettings.url.standard)).",
            discussion: """
                redis://[user:password@]host[:port][/database], rediss://… for TLS, unix:///path, or \
                redis+sentinel://host,host/name. Other users of this machine can see flags: set a password with STEPSTREAM_REDIS_URL.
                """
        )
    )
    var redisURL: String?

    @Option(help: "The folder of definition files (default: \(DefinitionSettings.folder.standard)).")
    var definitions: String?

    @Option(help: "The lowest level that is logged: \(Logger.Level.names) (default: \(LogSettings.level.standard.rawValue)).")
    var logLevel: String?

    @Option(help: "The format of log records: text or json (default: \(LogSettings.format.standard.rawValue)).")
    var logFormat: String?

    /// The configuration under these flags and `more`; also sets the log up.
    func settings(_ more: [GivenText?] = []) throws -> Settings {
        let settings = try plainSettings(more)
        LogOutput.bootstrap(level: settings[LogSettings.level], format: settings[LogSettings.format])
        return settings
    }

    /// The configuration, with the log left as it is.
    func plainSettings(_ more: [GivenText?] = []) throws -> Settings {
        let flags = [
            RedisSettings.url.given(redisURL), DefinitionSettings.folder.given(definitions), LogSettings.level.given(logLevel),
            LogSettings.format.given(logFormat),
        ]
        return try Settings(file: config, flags: (flags + more).compactMap(\.self), environment: ProcessInfo.processInfo.environment)
    }
}

extension Logger.Level {
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// The flags of an API server.
struct ListenOptions: ParsableArguments {
    @Option(help: "The address to listen on (default: \(HTTPSettings.host.standard)).")
    var host: String?

    @Option(help: "The port to listen on; 0 for any free one (default: \(HTTPSettings.port.standard)).")
    var port: String?

    var flags: [GivenText?] { [HTTPSettings.host.given(host), HTTPSettings.port.given(port)] }
}

/// The flags of a worker.
struct WorkOptions: ParsableArguments {
    @Option(help: "The queues to work on, separated by commas (default: all queues that the definitions name).")
    var queues: String?

    @Option(help: "How many steps run at once at most (default: \(WorkerSettings.concurrency.standard)).")
    var concurrency: String?

    @Option(
        help: "The number of this worker on its host; no two running at once may have the same (default: \(WorkerSettings.slot.standard))."
    )
    var slot: String?

    var flags: [GivenText?] {
        [WorkerSettings.queues.given(queues), WorkerSettings.concurrency.given(concurrency), WorkerSettings.slot.given(slot)]
    }
}
