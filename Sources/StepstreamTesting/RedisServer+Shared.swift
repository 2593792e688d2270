import Synchronization

extension RedisServer {
    private static let sharedStart = Mutex<Task<RedisServer, any Error>?>(nil)

    /// The one server of this test process, started by whoever asks first.
    public static var shared: RedisServer {
        get async throws {
            let start = sharedStart.withLock { task in
                if let task { return task }
                // Every caller waits for this task. It belongs to none of them, so that one cancelled test does not fail the others.
                let started = Task { try await RedisServer.start() }
                task = started
                return started
            }
            return try await start.value
        }
    }

    /// A name that no other test uses, to keep its keys apart on the shared server.
    ///
    /// - Returns: `test-` and 16 random hexadecimal digits.
    public static func freshNamespace() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return "test-" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
