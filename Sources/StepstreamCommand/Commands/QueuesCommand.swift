import ArgumentParser
import Foundation
import NIOHTTP1
import Stepstream

/// `stepstream queues`
struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract: "Shows queues, and pauses or resumes one.",
        subcommands: [Show.self, Pause.self, Resume.self],
        defaultSubcommand: Show.self
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows the messages that wait in each queue, and its workers."
        )

        @OptionGroup var options: ClientOptions

        func run() async throws {
            let answer = try await options.withClient { try await $0.send(.GET, at: "/v1/queues") }
            guard answer.status == 200 else { throw ClientFailure(answer) }
            if options.json { return print(answer.body) }
            let queues = try answer.json().member("queues")?.elements ?? []
            for queue in queues { print(queue.queueLine) }
            if queues.isEmpty { print("No queues.") }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause",
            abstract: "Stops workers from taking messages of a queue.",
            discussion: "Steps that are running finish. New operations are accepted, and wait until the queue is resumed."
        )

        @OptionGroup var options: ClientOptions

        @Argument(help: "The name of the queue.")
        var queue: String

        func run() async throws { try await QueuesCommand.perform("pause", on: queue, options: options) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "Lets workers take messages of a paused queue again."
        )

        @OptionGroup var options: ClientOptions

        @Argument(help: "The name of the queue.")
        var queue: String

        func run() async throws { try await QueuesCommand.perform("resume", on: queue, options: options) }
    }

    fileprivate static func perform(_ command: String, on queue: String, options: ClientOptions) async throws {
        let path = "/v1/queues/\(try pathSegment(queue)):\(command)"
        let answer = try await options.withClient { try await $0.send(.POST, at: path) }
        guard answer.status == 200 else { throw ClientFailure(answer) }
        print(options.json ? answer.body : try answer.json().queueLine)
    }
}

extension JSONNode {
    /// A queue in one line.
    fileprivate var queueLine: String {
        let count = { (name: String) in member(name)?.int64 ?? 0 }
        let state = member("paused")?.bool == true ? "paused" : "open"
        let oldest = member("oldestWaitingMilliseconds")?.int64.map { ", oldest \($0) ms" } ?? ""
        let workers = member("workers")?.count ?? 0
        return
            "\(member("queue")?.string ?? "?")  \(state)  \(count("waiting")) waiting\(oldest), \(count("inFlight")) in flight, \(workers) worker\(workers == 1 ? "" : "s")"
    }
}
