import ChildProcesses
import Glibc
import Testing

@Suite("A lifeline", .timeLimit(.minutes(1)))
struct LifelineTests {
    @Test("kills the groups that it guards when its owner is gone, and no others")
    func gone() async throws {
        let command = ChildCommand("sleep", arguments: ["1000"])
        let other = try ChildProcess(command)
        let released = try ChildProcess(command)
        var lifeline: Lifeline? = try Lifeline()
        try lifeline?.add(released.pid)
        try lifeline?.remove(released.pid)
        let guarded = try command.start()
        try lifeline?.add(guarded.pid)
        lifeline = nil
        #expect(guarded.reap() == .killed(signal: SIGKILL))
        for child in [other, released] {
            #expect(child.end == nil)
            child.destroy()
        }
    }

    @Test("kills the children of a process that dies without a word")
    func killed() async throws {
        var ends = try PipeEnds()
        let output = ends.takeWriting()
        // The exit test is a process of its own, which inherits nothing but is told where the pipe is.
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = "/proc/\(getpid())/fd/\(output)"] in
            let output = open(path, O_WRONLY)
            _ = try ChildProcess(
                ChildCommand("sleep", arguments: ["1000"], descriptors: [.null, .descriptor(output), .null]),
                lifeline: Lifeline.shared.get()
            )
            raise(SIGKILL)
        }
        close(output)
        // The end comes when the child, which has the writing end, is gone.
        guard case .end = ends.read() else {
            Issue.record("Something was written.")
            return
        }
    }
}
