import ChildProcesses
import Glibc
import Testing

@Suite("A child process", .timeLimit(.minutes(1)))
struct ChildProcessTests {
    @Test("tells how it ended, to all who wait, however often")
    func ended() async throws {
        var input = try PipeEnds()
        let command = ChildCommand.shell("read line; exit 3", descriptors: [.descriptor(input.reading), .null, .null])
        let child = try ChildProcess(command)
        #expect(child.end == nil)
        let blocked = Task.detached { child.waitUntilEnded() }
        async let one = child.ended()
        async let other = child.ended()
        input.closeWriting()
        #expect(await [one, other, blocked.value] == [.exited(3), .exited(3), .exited(3)])
        #expect(await child.ended() == .exited(3))
        #expect(child.waitUntilEnded() == .exited(3))
        #expect(child.end == .exited(3))
    }

    @Test("is reaped when it has ended, and gets no signal after that")
    func reaped() async throws {
        let child = try ChildProcess(ChildCommand("true"))
        #expect(await child.ended() == .exited(0))
        #expect(waitpid(child.pid, nil, WNOHANG) == -1)
        #expect(errno == ECHILD)
        child.send(SIGKILL)
        child.sendToGroup(SIGKILL)
        #expect(child.end == .exited(0))
    }

    @Test("has a code as in a shell: 128 + the signal that ended it")
    func code() throws {
        let child = try ChildProcess(ChildCommand("sleep", arguments: ["1000"]))
        child.destroy()
        #expect(child.end == .killed(signal: SIGKILL))
        #expect(child.end?.code == 137)
        #expect(ChildEnd.exited(4).code == 4)
    }

    @Test("is asked to end before it is killed")
    func terminated() async throws {
        let child = try ChildProcess(ChildCommand("sleep", arguments: ["1000"]))
        #expect(await child.terminate(within: .seconds(1000)) == .killed(signal: SIGTERM))
    }

    @Test("is killed when it ignores that")
    func killed() async throws {
        var ready = try PipeEnds()
        let script = "trap '' TERM; echo; while :; do sleep 1; done"
        let child = try ChildProcess(.shell(script, descriptors: [.null, .descriptor(ready.writing), .null]))
        ready.closeWriting()
        guard case .bytes = ready.read() else {
            Issue.record("The program ended too early.")
            return
        }
        #expect(await child.terminate(within: .milliseconds(50)) == .killed(signal: SIGKILL))
        child.sendToGroup(SIGKILL)
    }

    @Test("ends with its whole group, if that is signaled")
    func group() async throws {
        var output = try PipeEnds()
        let child = try ChildProcess(.shell("sleep 1000 & wait", descriptors: [.null, .descriptor(output.writing), .null]))
        output.closeWriting()
        child.sendToGroup(SIGKILL)
        #expect(await child.ended() == .killed(signal: SIGKILL))
        // The end of the output means that nobody has it any more.
        guard case .end = output.read() else {
            Issue.record("Something was written.")
            return
        }
    }

    @Test("keeps a descriptor of ours open for as long as it runs, and so reads no end of its input before")
    func held() async throws {
        var input = try PipeEnds()
        let held = input.takeWriting()
        let child = try ChildProcess(.shell("cat", descriptors: [.descriptor(input.reading), .null, .null]), holding: held)
        #expect(child.end == nil)
        #expect(fcntl(held, F_GETFD) >= 0)
        child.send(SIGTERM)
        #expect(await child.ended() == .killed(signal: SIGTERM))
    }

    @Test("that cannot be started lets go of the descriptor too")
    func unheld() async {
        await #expect(processExitsWith: .success) {
            var input = try PipeEnds()
            let held = input.takeWriting()
            #expect(throws: SystemError.self) { try ChildProcess(ChildCommand("/nowhere/at-all"), holding: held) }
            #expect(fcntl(held, F_GETFD) == -1)
        }
    }
}
