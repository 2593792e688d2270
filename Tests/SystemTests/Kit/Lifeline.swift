import Foundation
import Glibc
import Synchronization

/// Ends the programs of a test run that dies itself: a shell that holds the reading end of a pipe kills the process groups it was told
/// of when the pipe closes.
final class Lifeline: Sendable {
    static let shared = Result { try Lifeline() }

    private static let script = """
        alive=
        while read -r sign group; do
            if [ "$sign" = + ]; then alive="$alive $group"; continue; fi
            rest=; for one in $alive; do [ "$one" = "$group" ] || rest="$rest $one"; done; alive=$rest
        done
        for group in $alive; do kill -KILL -- "-$group" 2>/dev/null; done
        """

    private let input: Mutex<Int32>

    private init() throws {
        let pipe = try Pipe.make()
        _ = try Spawn.process("/bin/sh", ["-c", Self.script], environment: [:], folder: "/", input: pipe.reading, output: nil, errors: nil)
        close(pipe.reading)
        input = Mutex(pipe.writing)
    }

    func add(_ group: pid_t) throws { try tell("+ \(group)\n") }
    func remove(_ group: pid_t) throws { try tell("- \(group)\n") }

    private func tell(_ line: String) throws {
        let written = input.withLock { input in line.withCString { write(input, $0, strlen($0)) } }
        if written != line.utf8.count { throw SystemFailure("telling the lifeline") }
    }
}

/// A system call that failed.
struct SystemFailure: Error, CustomStringConvertible {
    let description: String

    init(_ doing: String, code: Int32 = errno) {
        description = "\(doing): \(String(cString: strerror(code)))"
    }
}
