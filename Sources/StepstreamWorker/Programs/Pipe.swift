import Glibc

/// Both ends of a pipe, closed when it goes. Programs get only the ends that are duplicated for them: `spawn` closes all others.
struct Pipe: ~Copyable {
    private(set) var reading: Int32
    private(set) var writing: Int32

    /// A new pipe.
    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("pipe") }
        (reading, writing) = (ends[0], ends[1])
        // For whatever else in this process may start programs.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    mutating func closeReading() { Pipe.close(&reading) }
    mutating func closeWriting() { Pipe.close(&writing) }

    /// Takes what is there, up to 64 KiB. Our reading end must not block.
    mutating func read() -> Received {
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            count = max(0, Glibc.read(reading, buffer.baseAddress, buffer.count))
        }
        if !bytes.isEmpty { return .bytes(bytes) }
        return errno == EAGAIN || errno == EINTR ? .nothingYet : .end
    }

    enum Received {
        case bytes([UInt8])
        case nothingYet
        case end
    }

    /// Makes one of our ends return instead of waiting. The other end is a description of its own and stays as programs expect it.
    static func doNotBlock(_ descriptor: Int32) throws(SystemError) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { throw SystemError("fcntl") }
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    deinit {
        if reading >= 0 { _ = Glibc.close(reading) }
        if writing >= 0 { _ = Glibc.close(writing) }
    }
}

/// A system call that did not work.
struct SystemError: Error, CustomStringConvertible {
    let call: String
    let number: Int32

    init(_ call: String, number: Int32 = errno) {
        self.call = call
        self.number = number
    }

    var description: String { "\(call): \(String(cString: strerror(number)))" }
}
