/// What went wrong between this client and Redis. The message tells the truth, and never a password.
package struct RedisError: Error, Sendable, CustomStringConvertible {
    /// What kind of error; open: an error reply of Redis has the code of its first word.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }

        /// Not connected, and not in time either; nothing was written.
        package static let notConnected = Code("not-connected")
        /// The connection broke after the command was written: it may have been carried out.
        package static let connectionLost = Code("connection-lost")
        /// No reply in time after the command was written: it may have been carried out.
        package static let timeout = Code("timeout")
        /// What came is not RESP2, or beyond a limit.
        package static let protocolViolation = Code("protocol-violation")
        /// Too much waits already; nothing was written.
        package static let overloaded = Code("overloaded")
        /// The caller's task was canceled.
        package static let cancelled = Code("cancelled")
        /// The client has been shut down; nothing was written.
        package static let closed = Code("closed")
        /// A URL or setting cannot be used.
        package static let configuration = Code("configuration")
        /// A command that must not be sent on this connection.
        package static let forbidden = Code("forbidden-command")

        package static let noScript = Code("NOSCRIPT")
        package static let noGroup = Code("NOGROUP")
        package static let busyGroup = Code("BUSYGROUP")
        package static let unblocked = Code("UNBLOCKED")
    }

    package var code: Code
    package var message: String
    package var cause: (any Error)?
    package var file: String
    package var line: Int

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil, file: String = #fileID, line: Int = #line) {
        self.code = code
        self.message = message
        self.cause = cause
        self.file = file
        self.line = line
    }

    /// An error reply: its code is its first word.
    package init(reply text: String) {
        let word = text.prefix { $0 != " " && $0 != "\r" && $0 != "\n" }
        self.init(Code(String(word)), text)
    }

    package var description: String { "\(code): \(message)" }
}
