import Glibc

/// A Redis connection of the laboratory's own, as small as `redis-cli`: what the program thinks of Redis is not asked for.
struct RedisProbe: ~Copyable {
    /// What Redis answered.
    indirect enum Reply: Hashable {
        case text(String)
        case integer(Int)
        case error(String)
        case null
        case list([Reply])

        var texts: [String] { if case .list(let replies) = self { replies.compactMap(\.text) } else { [] } }
        var text: String? { if case .text(let text) = self { text } else { nil } }
        var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    }

    private let descriptor: Int32
    private var received: ArraySlice<UInt8> = []

    /// Connects to the unix socket at `path`; a call that takes longer than `timeout` seconds fails.
    init(socket path: String, timeout: Int = 5) throws {
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard result == 0 else {
            let reason = errno
            Glibc.close(descriptor)
            throw LaboratoryError("Redis cannot be reached at \(path): errno \(reason).")
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Sends a command and waits for its answer.
    mutating func send(_ words: String...) throws -> Reply { try send(words) }

    /// Sends a command and waits for its answer.
    mutating func send(_ words: [String]) throws -> Reply {
        try post(words)
        return try reply()
    }

    /// Sends a command whose answer nobody waits for.
    func post(_ words: [String]) throws {
        let text = "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        let bytes = Array(text.utf8)
        let sent = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard sent == bytes.count else { throw LaboratoryError("Redis takes no command: errno \(errno).") }
    }

    private mutating func reply() throws -> Reply {
        let line = try line()
        let rest = String(line.dropFirst())
        switch line.first {
        case "+": return .text(rest)
        case "-": return .error(rest)
        case ":": return .integer(Int(rest) ?? 0)
        case "$":
            guard let count = Int(rest), count >= 0 else { return .null }
            let bytes = try take(count + 2).dropLast(2)
            return .text(String(decoding: bytes, as: UTF8.self))
        case "*":
            guard let count = Int(rest), count >= 0 else { return .null }
            var replies: [Reply] = []
            for _ in 0..<count { replies.append(try reply()) }
            return .list(replies)
        default: throw LaboratoryError("Redis answered something that is no reply: \(line)")
        }
    }

    private mutating func line() throws -> String {
        while true {
            if let end = received.firstIndex(of: 13), received.index(after: end) < received.endIndex {
                defer { received = received[(end + 2)...] }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            try receive()
        }
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        while received.count < count { try receive() }
        defer { received = received.dropFirst(count) }
        return received.prefix(count)
    }

    private mutating func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw LaboratoryError("Redis did not answer: errno \(errno).") }
        received = ArraySlice(Array(received) + buffer[..<count])
    }
}
