import EmbeddedRedis
import Glibc

/// What a Redis or a sentinel says of itself (`INFO`), read over its unix socket without a Redis client: this room stands below it.
struct RedisInfo: Sendable {
    private let lines: [String]

    /// Nil while the server gives no answer.
    static func read(_ section: String, at path: String) async throws -> RedisInfo? {
        guard let descriptor = UnixSocket.connect(to: path, isBlocking: false) else { return nil }
        defer { close(descriptor) }
        let request = Array("INFO \(section)\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return nil }
        var text: [UInt8] = []
        let limit = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < limit {
            var bytes = [UInt8](repeating: 0, count: 16_384)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            if count > 0 {
                text += bytes.prefix(count)
                if let info = RedisInfo(bulk: String(decoding: text, as: UTF8.self)) { return info }
            } else {
                guard count < 0, errno == EAGAIN || errno == EINTR else { return nil }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        return nil
    }

    /// A whole bulk string: `$<length>`, that many bytes, an empty line.
    private init?(bulk text: String) {
        guard text.hasPrefix("$"), let end = text.firstIndex(where: \.isNewline), let length = Int(text[..<end].dropFirst()) else {
            return nil
        }
        let rest = text[text.index(after: end)...]
        guard rest.utf8.count >= length + 2 else { return nil }
        lines = rest.split(whereSeparator: \.isNewline).map(String.init)
    }

    subscript(_ name: String) -> String? {
        lines.first { $0.hasPrefix(name + ":") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// What a sentinel says of the primary called `name`: `address`, `slaves`, `sentinels`, `status`.
    func primary(_ name: String) -> [String: String]? {
        let line = lines.first { $0.hasPrefix("master") && $0.contains(":name=\(name),") }
        guard let line, let start = line.firstIndex(of: ":") else { return nil }
        let pairs = line[line.index(after: start)...].split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        return Dictionary(pairs.compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil }) { first, _ in first }
    }
}
