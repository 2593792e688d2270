import NIOCore
import NIOPosix
import NIOSSL

/// What the network's errors mean to a call.
enum ConnectionFailure {
    /// The error for `error`; while `loggingIn` no call had been sent yet.
    static func describe(_ error: any Error, loggingIn: Bool) -> RedisError {
        if let error = error as? RedisError { return error }
        if let error = error as? NIOSSLError { return tls(error, loggingIn: loggingIn) }
        if let error = error as? NIOSSLExtraError { return tls(error, loggingIn: loggingIn) }
        if let error = error as? BoringSSLError { return tls(error, loggingIn: loggingIn) }
        guard loggingIn else {
            return RedisError(.connectionLost, "the connection to Redis failed", class: .indeterminate, cause: error)
        }
        return RedisError(.connectFailed, "Redis cannot be reached", class: .notApplied, cause: error)
    }

    private static func tls(_ error: any Error, loggingIn: Bool) -> RedisError {
        // A peer that hangs up without closing TLS properly is a lost connection, not a fault of the configuration.
        if !loggingIn { return RedisError(.connectionLost, "the TLS connection to Redis failed", class: .indeterminate, cause: error) }
        if isHangUp(error) {
            return RedisError(
                .connectFailed,
                "Redis hung up during the TLS handshake; does the port speak TLS, and does the server require a client certificate?",
                class: .notApplied,
                cause: error
            )
        }
        return RedisError(
            .tlsFailed,
            "no trusted TLS connection to Redis could be made; check the CA file, the server's name and that the port speaks TLS",
            class: .configuration,
            cause: error
        )
    }

    private static func isHangUp(_ error: any Error) -> Bool {
        switch error {
        case NIOSSLError.uncleanShutdown: true
        case NIOSSLError.handshakeFailed(.sslError(let stack)): stack.contains(.eofDuringHandshake)
        case NIOSSLError.handshakeFailed(.syscallError), NIOSSLError.handshakeFailed(.zeroReturn): true
        default: false
        }
    }
}
