package import Foundation
package import GRDB

/// A service's SQLite file.
package enum ServiceDatabase {
    package static func file(of name: ServiceName, in folder: URL) -> URL {
        folder.appending(path: "\(name.rawValue).sqlite")
    }

    /// Opens the file for the service, creating folder, file and tables as needed.
    package static func open(_ service: any StepService, in folder: URL) throws -> DatabasePool {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var configuration = Configuration()
        configuration.label = service.name.rawValue
        configuration.busyMode = .timeout(10)
        let pool = try DatabasePool(path: file(of: service.name, in: folder).path(percentEncoded: false), configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // In WAL mode NORMAL may lose the last transactions with the power; an answer that was given must not be lost. This
            // belongs to the writing connection, of which a pool has one.
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        var migrator = DatabaseMigrator()
        AnswerLedger.migrate(&migrator)
        service.migrate(&migrator)
        try migrator.migrate(pool)
        return pool
    }

    /// Opens the file to read it, beside the service that may be writing it.
    /// - Throws: `OrdersFailure` when there is none.
    package static func reader(of name: ServiceName, in folder: URL) throws -> DatabaseQueue {
        let path = file(of: name, in: folder).path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else {
            throw OrdersFailure("\(path) is missing: name the folder that `orders services` was started with (--folder).")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
