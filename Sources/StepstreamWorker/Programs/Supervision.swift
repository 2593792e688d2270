import ChildProcesses
import Glibc

/// The thread of a running program: feeds and reads it, ends it when asked to, and reaps it.
///
/// A second thread waits for the exit and says so through the wake pipe; it waits without reaping, so that the number of the
/// process and its group stays taken until the whole group has been signaled.
struct Supervision: ~Copyable {
    /// What the supervising thread receives through the wake pipe.
    enum Wake: UInt8 {
        case exited = 1
        case terminate = 2
    }

    private let limits: Program.Limits
    private let child: UnreapedChild
    private var toWrite: ArraySlice<UInt8>
    private var input: PipeEnds
    private var output: PipeEnds
    private var errors: PipeEnds
    private var control: PipeEnds
    private var collected: [UInt8] = []
    private var tail: [UInt8] = []
    private var isOver = false
    private var isTooMuch = false
    private var killAt: ContinuousClock.Instant?

    /// Starts the program.
    static func start(_ program: Program) throws(SystemError) -> Supervision {
        var input = try PipeEnds()
        var output = try PipeEnds()
        var errors = try PipeEnds()
        let control = try PipeEnds()
        for descriptor in [input.writing, output.reading, errors.reading, control.reading] { try PipeEnds.doNotBlock(descriptor) }
        let child = try ChildCommand(
            program.command[0],
            arguments: Array(program.command.dropFirst()),
            environment: program.environment,
            descriptors: [.descriptor(input.reading), .descriptor(output.writing), .descriptor(errors.writing)]
        ).start()
        input.closeReading()
        output.closeWriting()
        errors.closeWriting()
        let supervision = Supervision(program, child: child, input: input, output: output, errors: errors, control: control)
        try supervision.watchForExit()
        return supervision
    }

    private init(
        _ program: Program,
        child: UnreapedChild,
        input: consuming PipeEnds,
        output: consuming PipeEnds,
        errors: consuming PipeEnds,
        control: consuming PipeEnds
    ) {
        limits = program.limits
        toWrite = program.input[...]
        self.child = child
        self.input = input
        self.output = output
        self.errors = errors
        self.control = control
    }

    /// Where to write a `Wake`.
    var wakeEnd: Int32 { control.writing }

    static func wake(_ descriptor: Int32, because reason: Wake) {
        var byte = reason.rawValue
        while write(descriptor, &byte, 1) < 0, errno == EINTR {}
    }

    /// Goes on until the program has ended, and returns how.
    mutating func run() -> Program.End {
        while !isOver { step() }
        // Whatever it left behind in its group goes too: nothing of an attempt may go on after the attempt.
        child.sendToGroup(SIGKILL)
        let end = child.reap()
        drain()
        let tail = String(decoding: tail, as: UTF8.self)
        if isTooMuch { return .tooMuchOutput }
        switch end {
        case .exited(let code): return .exited(code, output: collected, errors: tail)
        case .killed(let signal): return .signaled(signal, errors: tail)
        }
    }

    private func watchForExit() throws(SystemError) {
        let (child, wake) = (child, control.writing)
        do throws(SystemError) {
            try BlockingThread.start {
                child.waitForEnd()
                Supervision.wake(wake, because: .exited)
            }
        } catch {
            child.sendToGroup(SIGKILL)
            child.reap()
            throw error
        }
    }

    /// Waits until something happens, and deals with it.
    private mutating func step() {
        // A negative descriptor is one that poll passes over: an end that has been closed.
        var polled = [
            pollfd(fd: control.reading, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.reading, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input.writing, events: Int16(POLLOUT), revents: 0),
        ]
        poll(&polled, nfds_t(polled.count), millisecondsToKill())
        if let killAt, ContinuousClock.now >= killAt {
            child.sendToGroup(SIGKILL)
            self.killAt = nil
        }
        if polled[1].revents != 0 { readOutput() }
        if polled[2].revents != 0 { readErrors() }
        if polled[3].revents != 0 { writeInput() }
        if polled[0].revents != 0 { hear() }
    }

    private func millisecondsToKill() -> Int32 {
        guard let killAt else { return -1 }
        let (seconds, attoseconds) = ContinuousClock.now.duration(to: killAt).components
        return Int32(clamping: max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
    }

    private mutating func hear() {
        guard case .bytes(let bytes) = control.read() else { return }
        for byte in bytes {
            switch Wake(rawValue: byte) {
            case .exited:
                isOver = true
            case .terminate:
                child.sendToGroup(SIGTERM)
                killAt = ContinuousClock.now + limits.termination
            case nil:
                preconditionFailure("only wakes are written to the wake pipe")
            }
        }
    }

    private mutating func writeInput() {
        let count = toWrite.withUnsafeBytes { write(input.writing, $0.baseAddress, $0.count) }
        if count >= 0 {
            toWrite = toWrite.dropFirst(count)
            if toWrite.isEmpty { input.closeWriting() }
        } else if errno != EAGAIN, errno != EINTR {
            // It does not want to read its input; that is its business.
            input.closeWriting()
        }
    }

    private mutating func readOutput() {
        switch output.read() {
        case .bytes(let bytes):
            collected += bytes
            guard collected.count > limits.output else { return }
            isTooMuch = true
            output.closeReading()
            child.sendToGroup(SIGKILL)
        case .nothingYet: break
        case .end: output.closeReading()
        }
    }

    private mutating func readErrors() {
        switch errors.read() {
        case .bytes(let bytes): tail = Array((tail + bytes).suffix(limits.errorTail))
        case .nothingYet: break
        case .end: errors.closeReading()
        }
    }

    /// Reads what is still in the pipes, and does not wait for more: someone who left the group may hold them open for ever.
    private mutating func drain() {
        for _ in 0..<64 {
            var polled = [
                pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors.reading, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polled, nfds_t(polled.count), 0) > 0 else { return }
            if polled[0].revents != 0 { readOutput() }
            if polled[1].revents != 0 { readErrors() }
        }
    }
}
