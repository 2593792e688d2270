import ChildProcesses
import Foundation
import Testing

extension Installation {
    /// What `redis-cli` prints, as an operator would look.
    func redis(_ command: String...) async throws -> [String] {
        let socket = redisURL.replacing("unix://", with: "")
        let program = try RunningProgram("/usr/bin/redis-cli", ["-s", socket] + command, environment: [:], folder: folder, input: "")
        let finished = try await program.finished()
        try #require(finished.end == .exited(0), "\(finished.errors)")
        return finished.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// The kinds of events in the operation's hash, in the order of their numbers.
    func eventKinds(of id: String) async throws -> [String] {
        let lines = try await redis("HGETALL", "\(namespace):{0}:operation:\(id)")
        var events: [(number: Int, line: String)] = []
        for index in stride(from: 0, to: lines.count - 1, by: 2) where lines[index].hasPrefix("event:") {
            events.append((try #require(Int(lines[index].dropFirst(6))), lines[index + 1]))
        }
        return try events.sorted { $0.number < $1.number }.map { event in
            String(try #require(event.line.firstMatch(of: /(?:operation|step)\.[a-z-]+/)?.0, "\(event.line)"))
        }
    }
}
