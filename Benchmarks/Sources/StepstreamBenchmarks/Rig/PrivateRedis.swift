import EmbeddedRedis
import Foundation
import Logging

/// A redis-server for one round, with the product's own settings (AOF everysec), on a unix socket in a temporary folder.
///
/// A fresh one each round, with rewriting of the AOF off, so that no round pays for what another left behind.
struct PrivateRedis: Sendable {
    let url: String
    private let embedded: EmbeddedRedis
    private let folder: String

    static func start(_ arguments: [String] = []) async throws -> PrivateRedis {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stepstream-bench-\(UUID().uuidString.prefix(8))").path
        var configuration = EmbeddedRedis.Configuration(folder: folder, extraArguments: ["--auto-aof-rewrite-percentage", "0"] + arguments)
        configuration.isTemporary = true
        let embedded = EmbeddedRedis(configuration, logger: .silent)
        let url = try await embedded.start()
        return PrivateRedis(url: url, embedded: embedded, folder: folder)
    }

    func stop() async throws {
        await embedded.stop()
        if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
    }
}

extension Logger {
    /// Warnings and worse, to standard error; a measurement that logs any is worth a look.
    static var silent: Logger {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }
}
