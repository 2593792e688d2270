import EmbeddedRedis
import Glibc
import RedisClient

/// Records what clients send, by MONITOR: so that the ceiling is measured with the very arguments of the store, not with ones made up here.
final class Monitor {
    private let descriptor: Int32
    private var received: [UInt8] = []

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Begins to record.
    static func start(on stand: Stand) async throws -> Monitor {
        let monitor = Monitor(try connect(stand.socket))
        let text = "MONITOR\r\n"
        guard Glibc.write(monitor.descriptor, text, text.utf8.count) == text.utf8.count else { throw Wrong("MONITOR could not be sent.") }
        // What another connection sends before the answer may not be recorded, and would be waited for in vain.
        while monitor.received.isEmpty { try monitor.receive() }
        _ = try await monitor.calls(of: stand)
        return monitor
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// The script calls of clients since the last time this was asked.
    func calls(of stand: Stand) async throws -> [ScriptCall] {
        // What the probe sends is monitored after all that came before it.
        let marker = "monitored-\(UInt64.random(in: .min ... .max))"
        _ = try await stand.probe.send(RedisCommand("ECHO", marker))
        let end = Array("\"\(marker)\"\r\n".utf8)
        while true {
            // Others may have sent something after the marker; it stays for the next time.
            if let marked = received.firstRange(of: end) {
                defer { received.removeSubrange(..<marked.upperBound) }
                return received[..<marked.lowerBound].split(separator: UInt8(ascii: "\n")).compactMap(ScriptCall.init)
            }
            try receive()
        }
    }

    private func receive() throws {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else { throw Wrong("Redis ended MONITOR.") }
        received += chunk[..<count]
    }

    private static func connect(_ path: String) throws -> Int32 {
        guard let descriptor = UnixSocket.connect(to: path) else { throw Wrong("Redis's socket \(path) cannot be reached.") }
        return descriptor
    }
}
