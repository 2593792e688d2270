import AsyncHTTPClient
import ChildProcesses
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import Rigging
import Synchronization

/// The processes of one run, its logs, and what may be done to them. Every act of the nemesis goes through here and is written down.
public final class Rig: Sendable {
    struct Processes {
        var redis: ChildProcess?
        var ledger: ChildProcess?
        var ledgerInput: Int32 = -1
        var apis: [ChildProcess?] = []
        var workers: [Int: ChildProcess] = [:]
        var extras: [ChildProcess] = []
    }

    let plan: RigPlan
    let folder: String
    let redis: RedisUnderTest
    let submissions: Journal
    let statuses: Journal
    let faults: Journal
    let client: HTTPClient
    let ports: [Int]
    let proxy: Proxy?
    let replicas: ReplicaSet?
    let processes = Mutex(Processes())
    let tally = Tally()

    /// Starts everything in `folder`, which must not exist.
    init(_ plan: RigPlan, folder: String) async throws {
        self.plan = plan
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try "log: { level: info }\n".write(toFile: folder + "/settings.yaml", atomically: false, encoding: .utf8)
        submissions = try Journal(folder + "/submissions.log")
        statuses = try Journal(folder + "/statuses.log")
        faults = try Journal(folder + "/faults.log")
        redis = RedisUnderTest(folder: folder, level: plan.level)
        ports = try (0..<plan.apis).map { _ in try BoundPort.free() }
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(2)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        replicas = plan.isReplicated ? try ReplicaSet(folder: folder) : nil
        proxy = plan.isProxied ? try await Proxy.start(to: redis.socket) : nil
    }

    /// Starts Redis, the ledger, the API and the workers.
    func start() async throws {
        if let replicas {
            try await replicas.start()
        } else if plan.redis == nil {
            let child = try await redis.start()
            processes.withLock { $0.redis = child }
        }
        try await startLedger()
        for number in 0..<plan.apis { try await startAPI(number) }
        if plan.startsWorkers { for slot in 0..<plan.workers { try startWorker(slot) } }
    }

    /// Ends every process and closes what is open. The folder stays.
    func stop() async {
        let children = processes.withLock { processes in
            defer { processes = Processes() }
            let some = processes.apis + [processes.redis, processes.ledger]
            if processes.ledgerInput >= 0 { close(processes.ledgerInput) }
            return some.compactMap(\.self) + processes.workers.values + processes.extras
        }
        for child in children { child.destroy() }
        replicas?.stop()
        do {
            try await proxy?.stop()
            try await client.shutdown()
        } catch {
            // The run is over and its logs are written; it is said, and changes no verdict.
            print("The laboratory could not close all of its connections: \(error)")
        }
    }

    // MARK: The program's processes

    /// What the program's processes are configured with.
    private func environment(_ own: [String: String]) -> [String: String] {
        var variables = [
            "STEPSTREAM_WORKER_LEASE": "\(plan.lease)ms",
            "STEPSTREAM_WORKER_GRACE_TIME": "\(plan.grace)ms",
            "STEPSTREAM_REDIS_COMMAND_TIMEOUT": "2s",
            "STEPSTREAM_HTTP_INLINE_BUDGET": "3s",
            "SWIFT_BACKTRACE": "enable=no",
        ]
        // The settings of the folder that the laboratory is called from are the user's own, and count only with a Redis of theirs.
        if plan.redis == nil { variables["STEPSTREAM_CONFIG"] = folder + "/settings.yaml" }
        if !plan.mutants.isEmpty { variables["STEPSTREAM_MUTANT"] = plan.mutants.joined(separator: ",") }
        return variables.merging(plan.settings) { $1 }.merging(own) { $1 }
    }

    private func arguments(_ command: String, redis url: String) -> [String] {
        [
            plan.program, command, "--redis", url, "--definitions", plan.definitions ?? folder + "/definitions", "--log-level", "info",
        ]
    }

    private var redisURL: String { plan.redis ?? replicas?.url ?? "unix://\(redis.socket)" }

    private func startLedger() async throws {
        var pipe = try PipeEnds()
        let log = folder + "/ledger.out"
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let child = try ChildProcess([executable, "ledger", "--journal", folder + "/ledger.log"], log: log, input: pipe.reading)
        let input = pipe.takeWriting()
        processes.withLock {
            $0.ledger = child
            $0.ledgerInput = input
        }
        let port = try await patiently("the ledger") {
            try? String(contentsOfFile: log, encoding: .utf8).firstMatch(of: /127\.0\.0\.1:(\d+)\n/).flatMap { Int($0.1) }
        }
        let definitions = folder + "/definitions"
        try FileManager.default.createDirectory(atPath: definitions, withIntermediateDirectories: true)
        for (name, text) in LabDefinitions.files(ledger: "http://127.0.0.1:\(port)/") {
            try text.write(toFile: "\(definitions)/\(name).yaml", atomically: false, encoding: .utf8)
        }
    }

    /// The queue of the laboratory's own definitions.
    static let queue = "stepstream:{0}:queue:default"

    func startAPI(_ number: Int, own: [String: String] = [:], waits: Bool = true) async throws {
        let arguments = arguments("serve", redis: redisURL) + ["--port", "\(ports[number])"]
        let child = try ChildProcess(arguments, environment: environment(own), log: "\(folder)/api-\(number).out")
        processes.withLock { processes in
            while processes.apis.count <= number { processes.apis.append(nil) }
            processes.apis[number] = child
        }
        guard waits else { return }
        try await patiently("API \(number)") {
            // One that dies at a failpoint need not come so far.
            if child.exitCode != nil { return true }
            let answer = try? await self.client.execute(HTTPClientRequest(url: self.url(number) + "/readyz"), timeout: .seconds(1))
            return answer?.status == .ok ? true : nil
        }
    }

    func startWorker(_ slot: Int, own: [String: String] = [:], isDirect: Bool = false) throws {
        let url = isDirect ? redisURL : proxy.map { "redis://127.0.0.1:\($0.port)" } ?? redisURL
        let arguments = arguments("work", redis: url) + ["--slot", "\(slot)", "--concurrency", "\(plan.concurrency)"]
        let child = try ChildProcess(arguments, environment: environment(own), log: "\(folder)/worker-\(slot).out")
        let old = processes.withLock { $0.workers.updateValue(child, forKey: slot) }
        if let old, old.exitCode == nil { throw LaboratoryError("Worker \(slot) was started twice.") }
    }

    func url(_ number: Int) -> String { "http://127.0.0.1:\(ports[number % ports.count])" }

    @discardableResult
    func patiently<Value>(_ what: String, for time: Duration = .seconds(20), _ look: () async throws -> Value?) async throws -> Value {
        let deadline = ContinuousClock.now + time
        while ContinuousClock.now < deadline {
            if let value = try await look() { return value }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw LaboratoryError("\(what) did not come within \(time). See \(folder).")
    }
}
