import Glibc

/// One PING over a unix socket, without a Redis client: this room stands below it.
enum Ping {
    /// What a server said.
    enum Answer: Equatable, Sendable {
        /// Nobody listens, or nobody answered in time.
        case silence
        /// The append-only file is being read.
        case loading
        /// The server takes commands. An error other than `LOADING` (`NOAUTH`, `MISCONF`) also means it is up.
        case ready
    }

    static func send(to path: String, limit: Duration = .milliseconds(500)) async throws(EmbeddedRedisError) -> Answer {
        guard let descriptor = UnixSocket.connect(to: path, isBlocking: false) else { return .silence }
        defer { close(descriptor) }
        let request = Array("PING\r\n".utf8)
        // MSG_NOSIGNAL: a Redis that ends right now must not end this process with SIGPIPE.
        guard Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return .silence }
        return try await answer(from: descriptor, until: .now + limit)
    }

    private static func answer(from descriptor: Int32, until deadline: ContinuousClock.Instant) async throws(EmbeddedRedisError) -> Answer {
        var bytes = [UInt8](repeating: 0, count: 512)
        while ContinuousClock.now < deadline {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            if count > 0 { return String(decoding: bytes.prefix(count), as: UTF8.self).hasPrefix("-LOADING") ? .loading : .ready }
            guard count < 0, errno == EAGAIN || errno == EINTR else { return .silence }
            try await pause(.milliseconds(2))
        }
        return .silence
    }
}
