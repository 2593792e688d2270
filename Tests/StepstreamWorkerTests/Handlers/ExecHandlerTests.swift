import ChildProcesses
import Glibc
import Logging
import ServiceLifecycle
import Stepstream
import StepstreamTesting
import Synchronization
import Testing

@testable import StepstreamWorker

@Suite("Programs as handlers", .timeLimit(.minutes(1)))
struct ExecHandlerTests {
    private func run(_ script: String, input: JSONText = .emptyObject, environment: [String: String]? = nil) async throws -> Outcome {
        let handler = environment.map { ExecHandler(environment: $0) } ?? ExecHandler()
        return try await handler.run(.test(.exec(command: ["/bin/sh", "-c", script]), input: input, traceparent: "00-ab"))
    }

    @Test("A program reads the request on standard input and writes its result to standard output")
    func roundTrip() async throws {
        let input = JSONText.string(String(repeating: "x", count: 300_000))
        let context = try StepContext.test(.exec(command: ["cat"]), input: input)
        #expect(try await ExecHandler().run(context) == .succeeded(context.request))
    }

    @Test("A program is told about its step, and nothing else of this process")
    func environment() async throws {
        setenv("STEPSTREAM_TEST_SECRET", "s", 1)
        let script = """
            printf '["%s"' "$STEPSTREAM_OPERATION"
            for v in "$STEPSTREAM_TYPE" "$STEPSTREAM_STEP" "$STEPSTREAM_ACTION" "$STEPSTREAM_ATTEMPT" "$STEPSTREAM_EPOCH" \
                "$STEPSTREAM_IDEMPOTENCY_KEY" "$TRACEPARENT" "$MORE" "$STEPSTREAM_TEST_SECRET"; do printf ',"%s"' "$v"; done
            echo ']'
            """
        let outcome = try await run(script, environment: ["MORE": "m"])
        let expected = #"["op-1","place-order","charge","run","2","1234","op-1/charge","00-ab","m",""]"#
        #expect(outcome == .succeeded(JSONText(trusted: expected)))
    }

    @Test("No output, or a line break, is null", arguments: ["exit 0", "echo"])
    func empty(script: String) async throws {
        #expect(try await run(script) == .succeeded(.null))
    }

    @Test("Code 0 with output that is not JSON is unknown: the work has been done")
    func garbage() async throws {
        let outcome = try await run("echo done")
        #expect(outcome.kind == .unknown)
        #expect(outcome.problem?.type == "/problems/handler-answer")
    }

    @Test(
        "Code 75 is tried again, any other is for good",
        arguments: [(75, Outcome.Kind.failedByPolicy(after: nil)), (1, .failedForGood), (127, .failedForGood)]
    )
    func codes(code: Int, expected: Outcome.Kind) async throws {
        let outcome = try await run("echo ignored; echo reason >&2; exit \(code)")
        #expect(outcome.kind == expected)
        #expect(outcome.problem?.detail == "It ended with code \(code). The end of its standard error:\nreason\n")
    }

    @Test("Only the end of standard error is kept")
    func tail() async throws {
        let outcome = try await run("i=0; while [ $i -lt 3000 ]; do echo line $i >&2; i=$((i+1)); done; exit 1")
        let detail = try #require(outcome.problem?.detail)
        #expect(detail.hasSuffix("line 2999\n"))
        #expect(detail.utf8.count < ExecHandler.errorTail + 100)
        #expect(detail.utf8.count > ExecHandler.errorTail)
    }

    @Test("A program that a signal ends is unknown")
    func signaled() async throws {
        let outcome = try await run("kill -9 $$")
        #expect(outcome.kind == .unknown)
        #expect(outcome.problem?.detail?.hasPrefix("Signal 9 ") == true)
    }

    @Test("A program that is not there was certainly not run", arguments: ["/no/such/program", "no-such-program-anywhere", "/etc/passwd"])
    func missing(program: String) async throws {
        let outcome = try await ExecHandler().run(.test(.exec(command: [program])))
        #expect(outcome.kind == .failedByPolicy(after: nil))
        #expect(outcome.problem?.detail?.hasPrefix(program) == true)
    }

    @Test("Endless output is cut off and the program killed", arguments: ["yes", "yes & wait"])
    func endlessOutput(script: String) async throws {
        #expect(try await run(script).problem == .tooMuchOutput)
    }

    @Test("Endless standard error does no harm")
    func endlessErrors() async throws {
        #expect(try await run("head -c 5000000 /dev/zero >&2; echo 1") == .succeeded(JSONText(trusted: "1")))
    }

    @Test("A program that does not read its input is nobody's trouble")
    func unreadInput() async throws {
        let input = JSONText.string(String(repeating: "x", count: 1_000_000))
        #expect(try await run("exec <&-; echo 1", input: input) == .succeeded(JSONText(trusted: "1")))
    }

    @Test("A program gets three descriptors and no more")
    func descriptors() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        // ls itself opens the folder, which is the fourth.
        #expect(try await run("ls /proc/self/fd | wc -l") == .succeeded(JSONText(trusted: "4")))
    }

    @Test("A program begins with no signal ignored and none blocked")
    func signals() async throws {
        signal(SIGPIPE, SIG_IGN)
        let outcome = try await run("grep -E '^Sig(Blk|Ign)' /proc/self/status >&2; exit 1")
        let detail = try #require(outcome.problem?.detail)
        #expect(detail.contains("SigBlk:\t0000000000000000"))
        // glibc leaves the two signals it keeps for itself, 32 and 33, ignored.
        let ignored = detail.split(separator: "SigIgn:\t").last?.prefix(16)
        #expect(ignored.flatMap { UInt64($0, radix: 16) } == 0x1_8000_0000)
    }

    @Test("What a program leaves running in its group ends with it")
    func grandchildren() async throws {
        // The grandchild holds standard output open: nobody waits for it.
        let outcome = try await run("sleep 1000 & echo $!")
        guard case .succeeded(let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let grandchild = try #require(pid_t(text.text))
        // It has been killed; on a busy machine it dies a moment later. If it never does, the suite's time limit tells.
        while isAlive(grandchild) { await Task.yield() }
    }

    @Test("A program is asked to end when its attempt is over")
    func terminated() async throws {
        let outcome = try await cancelOnceStarted { "trap 'exit 3' TERM; echo >\($0); while :; do sleep 0.01; done" }
        #expect(outcome.problem?.detail?.hasPrefix("It ended with code 3.") == true)
    }

    @Test("A program that ignores SIGTERM is killed, with its children")
    func killed() async throws {
        let outcome = try await cancelOnceStarted { "trap '' TERM; (trap '' TERM; sleep 1000) & echo >\($0); wait; wait" }
        #expect(outcome.problem?.detail?.hasPrefix("Signal 9 ") == true, "\(outcome)")
    }

    @Test("Canceled before it began, a program does not run on")
    func canceledEarly() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await run("sleep 1000")
        }
        #expect(try await task.value.problem?.detail?.hasPrefix("Signal 15 ") == true)
    }

    @Test("As a service it ends when the last program has ended")
    func service() async throws {
        let fifo = try Fifo()
        let handler = ExecHandler()
        let services = ServiceGroup(services: [handler], logger: .quiet)
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                try await services.run()
                return nil
            }
            group.addTask {
                try await handler.run(.test(.exec(command: ["/bin/sh", "-c", "echo >\(fifo.path); read x <\(fifo.path); echo 5"])))
            }
            await fifo.waitForWriter()
            await services.triggerGracefulShutdown()
            await fifo.write()
            // Which of the two is told first is nobody's promise; that the program came to its end is.
            var outcomes: [Outcome?] = []
            for try await outcome in group { outcomes.append(outcome) }
            #expect(outcomes.contains(.succeeded(JSONText(trusted: "5"))))
        }
    }

    @Test("Nothing is left behind: no descriptor, no zombie")
    func residue() async {
        await #expect(processExitsWith: .success) {
            let handler = ExecHandler()
            _ = try await handler.run(.test(.exec(command: ["true"])))
            let before = descriptorCount()
            for script in ["echo 1", "exit 1", "kill -9 $$", "yes", "/no/such/program", "sleep 100 & exit 0"] {
                _ = try await handler.run(.test(.exec(command: ["/bin/sh", "-c", script])))
            }
            _ = try await handler.run(.test(.exec(command: ["/no/such/program"])))
            #expect(descriptorCount() == before)
            var status: Int32 = 0
            #expect(waitpid(-1, &status, WNOHANG) == -1)
            #expect(errno == ECHILD)
        }
    }

    private func cancelOnceStarted(_ script: (String) -> String) async throws -> Outcome {
        let fifo = try Fifo()
        let text = script(fifo.path)
        return try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { try await run(text) }
            await fifo.waitForWriter()
            group.cancelAll()
            return try #require(try await group.next())
        }
    }
}

/// How many descriptors this process has open.
private func descriptorCount() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
}

/// Whether a process runs; a zombie does not.
private func isAlive(_ process: pid_t) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, Int32(line.count), file) != nil else { return false }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return !text.contains(") Z ") && !text.contains(") X ")
}

/// A named pipe over which a program says that it has come so far.
private final class Fifo: Sendable {
    let path: String

    init() throws {
        path = "/tmp/stepstream-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try #require(mkfifo(path, 0o600) == 0)
    }

    deinit { unlink(path) }

    /// Waits until a program has opened it for writing.
    func waitForWriter() async { await open("r") }
    /// Waits until a program has opened it for reading, and writes a line.
    func write() async { await open("w") }

    private func open(_ mode: String) async {
        await withCheckedContinuation { continuation in
            do {
                try BlockingThread.start { [path] in
                    if let file = fopen(path, mode) {
                        if mode == "w" { fputs("\n", file) } else { while fgetc(file) != EOF {} }
                        fclose(file)
                    }
                    continuation.resume()
                }
            } catch {
                Issue.record(error)
                continuation.resume()
            }
        }
    }
}
