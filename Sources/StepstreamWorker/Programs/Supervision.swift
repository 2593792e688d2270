import Glibc

/// The thread of a running program: feeds and reads it, ends it when asked to, and reaps it.
///
/// A second thread waits for the exit and says so through the wake pipe; it waits without reaping (WNOWAIT), so that the number of the
/// process and its group stays taken until the whole group has been signaled.
struct Supervision: ~Copyable {
    /// What the supervising thread is told through the wake pipe.
    enum Wake: UInt8 {
        case exited = 1
        case terminate = 2
    }

    private let limits: Program.Limits
    private let process: pid_t
    private var toWrite: ArraySlice<UInt8>
    private var input: Pipe
    private var output: Pipe
    private var errors: Pipe
    private var control: Pipe
    private var collected: [UInt8] = []
    private var tail: [UInt8] = []
    private var isOver = false
    private var isTooMuch = false
    private var killAt: ContinuousClock.Instant?

    /// Starts the program.
    static func start(_ program: Program) throws(SystemError) -> Supervision {
        var input = try Pipe()
        var output = try Pipe()
        var errors = try Pipe()
        let control = try Pipe()
        for descriptor in [input.writing, output.reading, errors.reading, control.reading] { try Pipe.doNotBlock(descriptor) }
        let process = try spawn(
            program.command,
            from: program.environment,
            input: input.reading,
            output: output.writing,
            errors: errors.writing
        )
        input.closeReading()
        output.closeWriting()
        errors.closeWriting()
        let supervision = Supervision(program, process: process, input: input, output: output, errors: errors, control: control)
        try supervision.watchForExit()
        return supervision
    }

    private init(
        _ program: Program,
        process: pid_t,
        input: consuming Pipe,
        output: consuming Pipe,
        errors: consuming Pipe,
        control: consuming Pipe
    ) {
        limits = program.limits
        toWrite = program.input[...]
        self.process = process
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
        kill(-process, SIGKILL)
        let status = reap()
        drain()
        let tail = String(decoding: tail, as: UTF8.self)
        if isTooMuch { return .tooMuchOutput }
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF, output: collected, errors: tail) : .signaled(signal, errors: tail)
    }

    private func watchForExit() throws(SystemError) {
        let (process, wake) = (process, control.writing)
        let code = NativeThread.start {
            var info = siginfo_t()
            while waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            Supervision.wake(wake, because: .exited)
        }
        guard code != 0 else { return }
        kill(-process, SIGKILL)
        _ = reap()
        throw SystemError("pthread_create", number: code)
    }

    private func reap() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
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
            kill(-process, SIGKILL)
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
                kill(-process, SIGTERM)
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
            kill(-process, SIGKILL)
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
