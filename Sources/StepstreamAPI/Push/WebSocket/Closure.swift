import NIOCore
import NIOWebSocket

/// Why a WebSocket ends: a code and a few words (RFC 6455 §7.4).
struct Closure: Error, Hashable {
    let code: UInt16
    var reason = ""

    /// What the client asked for was answered in full.
    static let normal = Closure(code: 1000)
    /// This process ends; the client is to connect again.
    static let goingAway = Closure(code: 1001, reason: "The server is shutting down; connect again.")
    /// The connection has lasted as long as it may.
    static let old = Closure(code: 1001, reason: "This connection has reached its maximum age; connect again with \"after\".")
    static func violation(_ reason: String) -> Closure { Closure(code: 1002, reason: reason) }
    static let binary = Closure(code: 1003, reason: "Text messages are expected.")
    static let notText = Closure(code: 1007, reason: "The text is not valid UTF-8.")
    static let tooLarge = Closure(code: 1009, reason: "A message may be at most 64 KiB long.")
    static let failed = Closure(code: 1011, reason: "Internal error; connect again.")
    static let silent = Closure(code: 1011, reason: "No answer to a ping.")
    static let slow = Closure(code: 1013, reason: "You read too slowly; connect again with \"after\".")

    /// The payload of a close frame.
    var payload: ByteBuffer {
        var buffer = ByteBuffer(integer: code)
        // A control frame holds 125 bytes, and our reasons are short ASCII.
        buffer.writeString(String(reason.prefix(120)))
        return buffer
    }

    /// What a client's close frame is answered: its code, or the violation that it is.
    static func answer(to payload: ByteBuffer) -> Closure {
        var payload = payload
        guard payload.readableBytes > 0 else { return .normal }
        guard let code = payload.readInteger(as: UInt16.self) else { return .violation("A close frame has no code.") }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: return .violation("A close frame has a code that may not be sent.")
        }
        guard String(validating: payload.readableBytesView, as: UTF8.self) != nil else { return .notText }
        return Closure(code: code)
    }
}
