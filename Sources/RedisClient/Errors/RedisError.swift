/// Why a call to Redis failed.
///
/// The message is meant for the person who has to act: it says what was wrong and what to do, and never holds a password or
/// arguments of commands.
package struct RedisError: Error, Sendable, CustomStringConvertible {
    /// A stable name for the kind of failure: one of the client's own, in camel case, or the first word of Redis' error reply,
    /// in capitals. Open: Redis versions and scripts bring words of their own.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let rawValue: String
        package init(_ rawValue: String) { self.rawValue = rawValue }
        package var description: String { rawValue }
    }

    /// The error lives in a box, so that results which carry one stay a word in size.
    private final class Box: Sendable {
        let code: Code
        let errorClass: RedisErrorClass
        let message: String
        let cause: (any Error)?
        let file: String
        let line: Int

        init(code: Code, errorClass: RedisErrorClass, message: String, cause: (any Error)?, file: String, line: Int) {
            self.code = code
            self.errorClass = errorClass
            self.message = message
            self.cause = cause
            self.file = file
            self.line = line
        }
    }

    private let box: Box

    package var code: Code { box.code }
    package var errorClass: RedisErrorClass { box.errorClass }
    package var message: String { box.message }
    /// The error underneath, such as the operating system's.
    package var cause: (any Error)? { box.cause }
    /// The source file that made the error.
    package var file: String { box.file }
    /// The line in ``file``.
    package var line: Int { box.line }

    package init(
        _ code: Code,
        _ message: String,
        class errorClass: RedisErrorClass,
        cause: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        box = Box(code: code, errorClass: errorClass, message: message, cause: cause, file: file, line: line)
    }

    /// The error for an error reply, as Redis wrote it and without the leading `-`.
    package init(reply: String, file: String = #fileID, line: Int = #line) {
        self.init(
            Code(ErrorReplyTable.firstWord(of: reply)),
            Self.printable(reply),
            class: ErrorReplyTable.classify(reply),
            file: file,
            line: line
        )
    }

    package var description: String {
        let because = cause.map { ": \(Self.printable("\($0)"))" } ?? ""
        return "\(message)\(because) [\(code), \(errorClass.rawValue)]"
    }
}

extension RedisError.Code {
    // The client's own.

    /// The connection URL or a configured value cannot be used.
    package static let invalidConfiguration = Self("invalidConfiguration")
    /// A command that would break the connection it is meant for, or a wrong use of the API.
    package static let refusedCommand = Self("refusedCommand")
    /// Too many calls or bytes wait already.
    package static let busy = Self("busy")
    /// No connection could be made.
    package static let connectFailed = Self("connectFailed")
    /// TLS could not be set up, or the server's certificate was not accepted.
    package static let tlsFailed = Self("tlsFailed")
    /// The connection was lost with the call on its way.
    package static let connectionLost = Self("connectionLost")
    /// The call took longer than its time limit.
    package static let timedOut = Self("timedOut")
    package static let cancelled = Self("cancelled")
    /// The client is shut down, or is about to be.
    package static let closed = Self("closed")
    /// The bytes received are not RESP2, or are a reply that nobody asked for.
    package static let protocolViolation = Self("protocolViolation")
    /// A reply above one of the limits.
    package static let replyTooLarge = Self("replyTooLarge")
    /// A reply of another shape than the command has.
    package static let unexpectedReply = Self("unexpectedReply")
    /// No sentinel knows where the primary is.
    package static let noPrimary = Self("noPrimary")
    /// The server is not the primary, or not any more.
    package static let notPrimary = Self("notPrimary")

    // First words of Redis's error replies that callers distinguish.

    package static let noScript = Self("NOSCRIPT")
    package static let noGroup = Self("NOGROUP")
    package static let busyGroup = Self("BUSYGROUP")
    package static let outOfMemory = Self("OOM")
    package static let misconfigured = Self("MISCONF")
    package static let readOnly = Self("READONLY")
    package static let loading = Self("LOADING")
    package static let noReplicas = Self("NOREPLICAS")
    package static let unblocked = Self("UNBLOCKED")
    package static let moved = Self("MOVED")
    package static let ask = Self("ASK")
    package static let wrongType = Self("WRONGTYPE")
    package static let authenticationRequired = Self("NOAUTH")
    package static let wrongPassword = Self("WRONGPASS")
    package static let noPermission = Self("NOPERM")
}

extension RedisError {
    static let longestMessage = 512

    /// `text` as it may be shown: control characters escaped, arguments that Redis quotes cut off, at most 512 characters.
    static func printable(_ text: String) -> String {
        // "ERR unknown command 'X', with args beginning with: ..." repeats what the caller sent.
        var kept = Substring(text)
        if let quoted = kept.range(ofText: ", with args beginning with") { kept = kept[..<quoted] }
        var printable = ""
        for scalar in kept.unicodeScalars.prefix(longestMessage) {
            if scalar.value < 0x20 || scalar.value == 0x7F {
                printable += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                printable.unicodeScalars.append(scalar)
            }
        }
        return printable
    }

    /// The same error with every occurrence of `secret` in its message replaced.
    func withoutSecret(_ secret: String?) -> RedisError {
        guard let secret, !secret.isEmpty, message.contains(secret) else { return self }
        let cleaned = message.replacing(secret, with: "***")
        return RedisError(code, cleaned, class: errorClass, file: file, line: line)
    }
}

extension Substring {
    /// Where `text` begins in this string.
    fileprivate func range(ofText text: String) -> Index? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start }
            start = index(after: start)
        }
        return nil
    }
}
