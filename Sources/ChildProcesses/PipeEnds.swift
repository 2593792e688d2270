import Glibc

/// Both ends of a pipe, closed when it goes. A child gets only the ends that are duplicated for it.
package struct PipeEnds: ~Copyable {
    package private(set) var reading: Int32
    package private(set) var writing: Int32

    /// A new pipe.
    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("pipe") }
        (reading, writing) = (ends[0], ends[1])
        // For whatever else in this process may start programs.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    package mutating func closeReading() { Self.close(&reading) }
    package mutating func closeWriting() { Self.close(&writing) }

    /// Gives the reading end to the caller, who must close it.
    package mutating func takeReading() -> Int32 { Self.take(&reading) }
    /// Gives the writing end to the caller, who must close it.
    package mutating func takeWriting() -> Int32 { Self.take(&writing) }

    /// Takes what is there, up to 64 KiB.
    package mutating func read() -> Received {
        var (result, code) = (0, Int32(0))
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            result = Glibc.read(reading, buffer.baseAddress, buffer.count)
            code = errno
            count = max(0, result)
        }
        if result > 0 { return .bytes(bytes) }
        return result < 0 && (code == EAGAIN || code == EINTR) ? .nothingYet : .end
    }

    package enum Received: Sendable {
        case bytes([UInt8])
        case nothingYet
        case end
    }

    /// Makes one of our ends return instead of waiting. The other end is a description of its own and stays as programs expect it.
    package static func doNotBlock(_ descriptor: Int32) throws(SystemError) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { throw SystemError("fcntl") }
    }

    private static func take(_ descriptor: inout Int32) -> Int32 {
        defer { descriptor = -1 }
        return descriptor
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
