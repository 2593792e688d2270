import ArgumentParser
import AsyncHTTPClient
import Foundation
import Logging
import RedisClient
import Stepstream
import StepstreamConfiguration
import StepstreamStore

/// `stepstream check`
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks Redis, its durability, the settings and the definitions.",
        discussion: "Exit status: 0 if operations can be accepted and run, 1 otherwise."
    )

    @OptionGroup var options: ServerOptions

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() async throws {
        let settings = try options.plainSettings()
        LogOutput.bootstrap(level: .critical, format: .text)
        let assembly = try Assembly(settings, role: "check")
        let health = await withTaskGroup(of: StoreHealth?.self) { group in
            group.addTask {
                // Its end is the end of this group.
                do { try await assembly.client.run() } catch { return nil }
                return nil
            }
            group.addTask { await assembly.store.health() }
            defer { group.cancelAll() }
            for await health in group where health != nil { return health }
            return nil
        }
        try await assembly.http.shutdown()
        var findings = health?.findings ?? []
        let count = assembly.catalog.types.count
        findings.append(.init(.definitions, .ok, "\(count) valid definition\(count == 1 ? "" : "s")."))
        if json { printJSON(findings) } else { printWords(findings, redis: assembly.client.configuration, queues: health?.queues ?? []) }
        if health?.isReady != true { throw ExitCode.failure }
    }

    private func printWords(_ findings: [StoreHealth.Finding], redis: RedisConfiguration, queues: [StoreHealth.QueueState]) {
        print("Redis at \(redis)")
        for finding in findings {
            let mark =
                switch finding.severity {
                case .ok: "ok      "
                case .warning: "warning "
                case .failure: "FAILURE "
                }
            print("  \(mark) \(finding.subject.rawValue): \(finding.words)")
        }
        for queue in queues {
            let oldest = queue.oldestWaiting.map { ", the oldest has waited \($0.count) ms" } ?? ""
            let unmoved = queue.unmoved.map { ", last read \($0.count) ms ago" } ?? ", never read"
            print("  queue \(queue.queue): \(queue.length) messages, \(queue.pending) claimed\(oldest)\(unmoved)")
        }
    }

    private func printJSON(_ findings: [StoreHealth.Finding]) {
        let lines = findings.map { finding in
            JSONText.Fragment.raw(
                .object([
                    "subject": .string(finding.subject.rawValue), "severity": .string(finding.severity.rawValue),
                    "words": .string(finding.words),
                ])
            )
        }
        print(JSONText.array(lines).text)
    }
}
