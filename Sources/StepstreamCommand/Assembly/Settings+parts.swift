import ArgumentParser
import Foundation
import RedisClient
import Stepstream
import StepstreamServer
import StepstreamStore
import StepstreamWorker

extension Settings {
    func redis(url: String?) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: url ?? text("redis.url") ?? "")
        configuration.commandTimeout = duration("redis.commandTimeout")
        let authority = text("redis.authority")
        let serverName = text("redis.serverName")
        if configuration.tls != nil {
            configuration.tls?.authorityFile = authority
            configuration.tls?.serverName = serverName
        } else if authority != nil || serverName != nil {
            throw ValidationError(
                "redis.authority and redis.serverName are for TLS, and redis.url begins with neither rediss:// nor rediss+sentinel://."
            )
        }
        return configuration
    }

    var store: RedisStore.Configuration {
        var configuration = RedisStore.Configuration()
        configuration.namespace = text("store.namespace") ?? configuration.namespace
        configuration.partitions = integer("store.partitions")
        configuration.history = integer("store.history")
        configuration.retention = Milliseconds(duration("store.retention"))
        configuration.idempotencyRetention = Milliseconds(duration("store.idempotencyRetention"))
        configuration.durability = text("store.durability").flatMap(Durability.init) ?? configuration.durability
        configuration.consumerIdle = Milliseconds(duration("worker.retireAfter"))
        configuration.memoryHighWater = text("store.memoryHighWater").flatMap { Double($0) } ?? configuration.memoryHighWater
        return configuration
    }

    func worker(_ catalog: DefinitionCatalog) -> WorkerConfiguration {
        var configuration = WorkerConfiguration(
            queues: names("worker.queues") ?? catalog.queues,
            concurrency: integer("worker.concurrency"),
            consumer: WorkerConfiguration.consumer(slot: integer("worker.slot")),
            lease: Milliseconds(duration("worker.lease"))
        )
        configuration.graceTime = duration("worker.graceTime")
        configuration.reconcileInterval = duration("worker.reconcileInterval")
        configuration.tidyInterval = duration("worker.tidyInterval")
        return configuration
    }

    /// The definition files of the folder; every fault of every file is reported at once.
    func catalog() throws -> DefinitionCatalog {
        let folder = text("definitions.folder") ?? ""
        let environment = ProcessInfo.processInfo.environment
        let (catalog, faults) = DefinitionCatalog.load(files: try DefinitionFolder(folder).files) { environment[$0] }
        guard faults.isEmpty else { throw DefinitionFilesFault(faults: faults) }
        return catalog
    }
}

/// The definition files of a folder: all `.yaml` and `.yml`, by name.
struct DefinitionFolder {
    let files: [(name: String, text: String)]

    init(_ path: String) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ValidationError(
                "The folder of definitions \"\(path)\" cannot be read. Name another with --definitions or definitions.folder."
            )
        }
        files = try names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map { name in
            let file = path + "/" + name
            return (file, try String(contentsOfFile: file, encoding: .utf8))
        }
    }
}

extension DefinitionCatalog {
    /// Every queue that a step or an undo names.
    var queues: [Name] {
        definitions.reduce(into: Set([Step.defaultQueue])) { $0.formUnion($1.queues) }.sorted()
    }
}

/// Every fault of every definition file.
struct DefinitionFilesFault: Error, CustomStringConvertible {
    let faults: [DefinitionFault]

    var description: String {
        "The definition files have \(faults.count) fault\(faults.count == 1 ? "" : "s"):\n"
            + faults.map { "  \($0)" }.joined(separator: "\n")
    }
}
