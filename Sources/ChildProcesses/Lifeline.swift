package import Glibc
import Synchronization

/// Ends children whose parent is gone, however it went: a shell holds the reading end of a pipe, and kills the process groups that it
/// was given when the pipe closes.
///
/// PR_SET_PDEATHSIG is no way to do that: it is tied to the parent *thread* (prctl(2)), which ends early in a pool.
package final class Lifeline: Sendable {
    /// One for all children of this process.
    package static let shared = Result { () throws(SystemError) in try Lifeline() }

    private static let script = """
        alive=
        while read -r sign group; do
            if [ "$sign" = + ]; then alive="$alive $group"; continue; fi
            rest=; for one in $alive; do [ "$one" = "$group" ] || rest="$rest $one"; done; alive=$rest
        done
        for group in $alive; do kill -KILL "-$group" 2>/dev/null; done
        """

    private let shell: UnreapedChild
    private let input: Mutex<Int32>

    package init() throws(SystemError) {
        var pipe = try PipeEnds()
        shell = try ChildCommand(
            "/bin/sh",
            arguments: ["-c", Self.script],
            folder: "/",
            descriptors: [.descriptor(pipe.reading), .null, .null]
        ).start()
        input = Mutex(pipe.takeWriting())
    }

    /// Guards a process group.
    package func add(_ group: pid_t) throws(SystemError) { try write("+ \(group)\n") }

    /// Guards a process group no longer.
    package func remove(_ group: pid_t) throws(SystemError) { try write("- \(group)\n") }

    private func write(_ line: String) throws(SystemError) {
        let written = input.withLock { input in line.withCString { Glibc.write(input, $0, strlen($0)) } }
        if written != line.utf8.count { throw SystemError("The lifeline") }
    }

    deinit {
        input.withLock { _ = close($0) }
        shell.reap()
    }
}
