import ChildProcesses
import Glibc
import Testing

@Suite("A program is started")
struct StartTests {
    @Test("with its arguments, its environment and no other")
    func arguments() throws {
        let command = ChildCommand.shell("echo \"$1 $GREETING ${HOME-none}\"", "hello", environment: ["GREETING": "world"])
        #expect(try command.text() == "hello world none\n")
    }

    @Test("with the environment of this process, if that is asked for")
    func inherited() throws {
        setenv("CHILD_PROCESSES_TEST", "a=b", 1)
        let command = ChildCommand.shell("echo \"$CHILD_PROCESSES_TEST\"", environment: ChildCommand.inheritedEnvironment)
        #expect(try command.text() == "a=b\n")
    }

    @Test("by its name, which is looked up in PATH")
    func name() throws {
        #expect(try ChildCommand("echo", arguments: ["found"]).text() == "found\n")
    }

    @Test("in its working folder")
    func folder() throws {
        #expect(try ChildCommand("/bin/pwd", folder: "/usr/bin").text() == "/usr/bin\n")
        #expect(try ChildCommand("./true", folder: "/usr/bin").output().end == .exited(0))
    }

    @Test("with no signal blocked or ignored")
    func signals() throws {
        signal(SIGUSR1, SIG_IGN)
        defer { signal(SIGUSR1, SIG_DFL) }
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #expect(try ChildCommand.shell("kill -TERM $$; echo on").output().end == .killed(signal: SIGTERM))
        #expect(try ChildCommand.shell("kill -USR1 $$; echo on").output().end == .killed(signal: SIGUSR1))
    }

    @Test("as the leader of a process group, so that Ctrl-C does not reach it, or in the group of this process")
    func group() throws {
        var command = ChildCommand.shell("read line")
        let own = try command.start()
        #expect(getpgid(own.pid) == own.pid)
        command.group = .shared
        let shared = try command.start()
        #expect(getpgid(shared.pid) == getpgid(0))
        for child in [own, shared] { child.reap() }
    }

    @Test("One that cannot be started is named, with the reason", arguments: ["/nowhere/at-all", "no-such-program-at-all"])
    func missing(program: String) throws {
        let error = #expect(throws: SystemError.self) { try ChildCommand(program).start() }
        #expect(error?.subject == program)
        #expect(error?.number == ENOENT)
        #expect(error?.description.hasPrefix("\(program): ") == true)
    }
}
