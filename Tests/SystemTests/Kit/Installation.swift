import ChildProcesses
import Foundation
import Glibc
import StepstreamTesting
import Synchronization
import Testing

/// A folder, a namespace in a Redis and the programs that work on it: one installation of Stepstream.
final class Installation: Sendable {
    let folder: String
    /// Where all programs find Redis, unless a test says otherwise.
    let redisURL: String
    let namespace: String
    let handlers: HandlerService
    private let programs = Mutex<[RunningProgram]>([])
    /// Those of them that run a Redis of their own.
    private let hosts = Mutex<[RunningProgram]>([])

    private init(folder: String, redisURL: String, handlers: HandlerService) {
        self.folder = folder
        self.redisURL = redisURL
        self.handlers = handlers
        namespace = RedisServer.freshNamespace()
    }

    /// Gives `body` an installation with these definition files, and ends all of its programs afterwards. `HANDLERS` in a definition
    /// stands for the address of the handler service.
    ///
    /// - Parameters:
    ///   - definitions: the text of each file by its name, without `.yaml`.
    ///   - redis: the URL of a Redis of the test's own; the shared one unless given.
    ///   - body: the test.
    /// - Throws: what could not be made or ended, or what `body` throws.
    static func with(
        definitions: [String: String] = [:],
        redis: String? = nil,
        _ body: (Installation) async throws -> Void
    ) async throws {
        var template = Array("/tmp/stepstream-system-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("Making a folder") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let url = if let redis { redis } else { try await RedisServer.shared.url }
        let installation = Installation(folder: folder, redisURL: url, handlers: try await HandlerService.start())
        do {
            for (name, text) in definitions { try installation.define(name, text) }
            if definitions.isEmpty { try installation.makeFolder("config/operations") }
            try await body(installation)
        } catch {
            // A test that fails leaves its folder to be looked at, and what its programs said.
            installation.report()
            try await installation.end()
            throw error
        }
        try await installation.end()
        try FileManager.default.removeItem(atPath: folder)
    }

    private func end() async throws {
        // One with a Redis of its own is let end it: a Redis whose parent was killed would still write into the folder for a moment.
        for program in hosts.withLock({ $0 }) {
            program.send(SIGTERM)
            try await program.ended()
        }
        for program in programs.withLock({ $0 }) { try await program.killAll() }
        try await handlers.stop()
    }

    private func report() {
        for program in programs.withLock({ $0 }) where !program.errors.isEmpty {
            print("--- program \(program.pid), \(program.end.map { "\($0)" } ?? "running") in \(folder):\n\(program.errors.suffix(4000))")
        }
    }

    /// Writes a definition file.
    func define(_ name: String, _ text: String) throws {
        try write("config/operations/\(name).yaml", text.replacing("HANDLERS", with: handlers.url("")))
    }

    /// Writes a file of the installation.
    func write(_ path: String, _ text: String) throws {
        try makeFolder((path as NSString).deletingLastPathComponent)
        try text.write(toFile: "\(folder)/\(path)", atomically: true, encoding: .utf8)
    }

    private func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(path)", withIntermediateDirectories: true)
    }

    /// Starts `stepstream` with these arguments. Settings are variables without their `STEPSTREAM_`.
    func start(_ arguments: [String], settings: [String: String] = [:], input: String? = nil) throws -> RunningProgram {
        var environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        let standard = ["REDIS_URL": redisURL, "STORE_NAMESPACE": namespace, "WORKER_LEASE": "2s"]
        for (name, value) in standard.merging(settings, uniquingKeysWith: { $1 }) where !value.isEmpty {
            environment["STEPSTREAM_\(name)"] = value
        }
        let program = try RunningProgram(
            try Executable.stepstream(),
            arguments,
            environment: environment,
            folder: folder,
            input: input
        )
        programs.withLock { $0.append(program) }
        return program
    }

    /// Runs a command to its end.
    func run(
        _ arguments: String...,
        settings: [String: String] = [:],
        input: String = ""
    ) async throws -> (end: ChildEnd, output: String, errors: String) {
        try await start(arguments, settings: settings, input: input).finished()
    }

    /// Starts a shell that finds `stepstream` as one who installed it would.
    func start(shell script: some StringProtocol, port: String = "") throws -> RunningProgram {
        let program = try Executable.stepstream()
        let folder = (program as NSString).deletingLastPathComponent
        var environment = ["PATH": folder + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"]
        if !port.isEmpty { environment["STEPSTREAM_URL"] = "http://127.0.0.1:\(port)" }
        let shell = try RunningProgram(
            "/bin/bash",
            ["-euo", "pipefail", "-c", String(script)],
            environment: environment,
            folder: self.folder
        )
        programs.withLock { $0.append(shell) }
        hosts.withLock { $0.append(shell) }
        return shell
    }

    /// Runs a shell script to its end.
    func shell(
        _ script: String,
        port: String = ""
    ) async throws -> (end: ChildEnd, output: String, errors: String) {
        let shell = try start(shell: script, port: port)
        shell.closeInput()
        return try await shell.finished()
    }

    /// Starts an API server on a free port and waits until it listens.
    func serve(_ settings: [String: String] = [:], _ arguments: String...) async throws -> API {
        try await API(of: try start(["serve", "--port", "0"] + arguments, settings: settings))
    }

    /// Starts the API with a worker and a Redis of its own, and waits until it listens.
    func dev(_ settings: [String: String] = [:], _ arguments: String...) async throws -> API {
        let settings = ["REDIS_URL": ""].merging(settings) { $1 }
        let program = try start(["dev", "--port", "0"] + arguments, settings: settings)
        hosts.withLock { $0.append(program) }
        return try await API(of: program)
    }

    /// Starts a worker and waits until it claims. No two at once may have the same slot.
    func work(slot: Int = 0, _ settings: [String: String] = [:], _ arguments: String...) async throws -> RunningProgram {
        let program = try start(["work", "--slot", "\(slot)"] + arguments, settings: settings)
        try await program.line(with: "Worker started")
        return program
    }
}
