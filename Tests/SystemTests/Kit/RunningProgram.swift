import ChildProcesses
import Foundation
import Glibc
import Testing

@testable import StepstreamTesting

/// A program that was started, what it has written so far, and how it ended.
final class RunningProgram: Sendable {
    private struct Life: Sendable {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var openPipes = 2
        var end: ChildEnd?
    }

    private let child: ChildProcess
    private let input: Int32
    private let life = AwaitedState(Life())

    init(_ executable: String, _ arguments: [String], environment: [String: String], folder: String, input text: String? = nil) throws {
        var input = try PipeEnds()
        var output = try PipeEnds()
        var errors = try PipeEnds()
        let command = ChildCommand(
            executable,
            arguments: arguments,
            environment: environment,
            folder: folder,
            descriptors: [.descriptor(input.reading), .descriptor(output.writing), .descriptor(errors.writing)]
        )
        child = try ChildProcess(command, lifeline: Lifeline.shared.get())
        self.input = input.takeWriting()
        if let text {
            let written = text.withCString { write(self.input, $0, strlen($0)) }
            closeInput()
            if written != text.utf8.count { throw SystemError("Writing to \(executable)") }
        }
        read(output.takeReading()) { $0.output += $1 }
        read(errors.takeReading()) { $0.errors += $1 }
        let (child, life) = (child, life)
        Task {
            let end = await child.ended()
            life.update { $0.end = end }
        }
    }

    var pid: pid_t { child.pid }

    /// What stands on standard output so far.
    var output: String { life.read { String(decoding: $0.output, as: UTF8.self) } }

    /// What stands on standard error so far.
    var errors: String { life.read { String(decoding: $0.errors, as: UTF8.self) } }

    /// How it ended, if it has.
    var end: ChildEnd? { life.read(\.end) }

    func send(_ signal: Int32) { child.send(signal) }

    /// Closes its standard input, which was held open until now.
    func closeInput() { close(input) }

    /// Waits for its end.
    @discardableResult
    func ended() async throws -> ChildEnd {
        try await life.wait { $0.end != nil }
        return try #require(end)
    }

    /// Waits for its end and for all that it wrote.
    func finished() async throws -> (end: ChildEnd, output: String, errors: String) {
        try await life.wait { $0.end != nil && $0.openPipes == 0 }
        return (try #require(end), output, errors)
    }

    /// Kills it with everything in its process group, and waits until it is reaped.
    func killAll() async throws {
        child.sendToGroup(SIGKILL)
        try await ended()
    }

    /// Waits for a line on standard error that holds `words`, and returns it. A program that ends before is an error.
    @discardableResult
    func line(with words: String, count: Int = 1) async throws -> String {
        try await life.wait { Self.lines(of: $0, with: words).count >= count || $0.end != nil && $0.openPipes == 0 }
        let found = life.read { Self.lines(of: $0, with: words) }
        return try #require(
            found.count >= count ? found[count - 1] : nil,
            "It ended with \(end as Any) and never wrote \"\(words)\":\n\(errors)"
        )
    }

    private static func lines(of life: Life, with words: String) -> [String] {
        // A line counts when it is whole.
        guard let end = life.errors.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let whole = life.errors[..<end]
        return String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init).filter { $0.contains(words) }
    }

    /// Blocking reads have no place on the cooperative pool. The thread ends with the pipe.
    private func read(_ descriptor: Int32, _ take: @escaping @Sendable (inout Life, ArraySlice<UInt8>) -> Void) {
        Thread.detachNewThread { [life] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = Glibc.read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                life.update { take(&$0, buffer[..<count]) }
            }
            close(descriptor)
            life.update { $0.openPipes -= 1 }
        }
    }
}
