extension RedisConfiguration {
    /// How TLS is done. Certificates are always verified, the server's name included.
    package struct TLS: Sendable {
        /// The PEM file of the authorities to trust; nil for those of the system.
        package var authorityFile: String?
        /// The name the certificate has to carry; nil for the host of the endpoint. A certificate for the IP address that was
        /// connected to is accepted as well.
        package var serverName: String?
        /// The PEM file of our own certificate chain, for servers that ask for one (`tls-auth-clients yes`, Redis' default).
        package var certificateFile: String?
        /// The PEM file of the key to ``certificateFile``.
        package var keyFile: String?

        package init(
            authorityFile: String? = nil,
            serverName: String? = nil,
            certificateFile: String? = nil,
            keyFile: String? = nil
        ) {
            self.authorityFile = authorityFile
            self.serverName = serverName
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// Bounds on what a server may make us keep, and on what callers may pile up.
    package struct Limits: Sendable {
        /// Bytes of one reply. 64 MiB: above any batch this product reads (1,000 entries of 32 KiB), below what hurts a process.
        package var replyBytes = 64 * 1024 * 1024
        /// Values in one reply, nested ones and the arrays included. 1,048,576.
        package var replyElements = 1 << 20
        /// Arrays within arrays. 7, one below what hiredis 0.14 itself can read; `XREADGROUP` needs 5.
        package var nesting = 7
        /// Commands that may be under way or waiting on one connection. 65,536.
        package var queuedCalls = 65_536
        /// Bytes of those commands. 64 MiB.
        package var queuedBytes = 64 * 1024 * 1024
        /// Messages a subscriber may fall behind. 16,384.
        package var bufferedMessages = 16_384

        package init() {}
    }

    /// The pauses between attempts to connect.
    package struct Backoff: Sendable, Equatable {
        /// The first pause. 50 ms.
        package var min: Duration = .milliseconds(50)
        /// The longest pause, and the one after refused credentials. 5 s.
        package var max: Duration = .seconds(5)
        /// The share of a pause that is left to chance, 0 to 1, so that many clients do not return at once. 0.5.
        package var jitter: Double = 0.5

        package init() {}

        /// The pause after the given number of failures in a row, counted from 1. `chance` is between 0 and 1.
        func pause(after failures: Int, chance: Double) -> Duration {
            var pause = min
            for _ in 1..<Swift.max(failures, 1) where pause < max { pause *= 2 }
            return Swift.min(pause, max) * (1 - Swift.min(Swift.max(jitter, 0), 1) * chance)
        }
    }
}
