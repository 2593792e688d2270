import NIOCore
import NIOWebSocket

/// Puts the frames of a client together to messages (RFC 6455 §5): a pure state machine, frames in, what to do out.
struct MessageAssembly {
    /// The largest message, in bytes.
    static let limit = 64 << 10

    /// What a frame leads to.
    enum Outcome: Equatable {
        /// More is to come.
        case nothing
        case text(String)
        case ping(ByteBuffer)
        case pong
        /// The client ends it; this is the answer.
        case closed(Closure)
        /// The client broke the rules.
        case refused(Closure)
    }

    private var begun: ByteBuffer?

    /// Takes the next frame.
    mutating func take(_ frame: WebSocketFrame) -> Outcome {
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .refused(.violation("A reserved bit is set.")) }
        guard frame.maskKey != nil else { return .refused(.violation("Client frames must be masked.")) }
        let data = frame.unmaskedData
        switch frame.opcode {
        case .text:
            guard begun == nil else { return .refused(.violation("A message began inside another.")) }
            return take(data, to: ByteBuffer(), isLast: frame.fin)
        case .continuation:
            guard let begun else { return .refused(.violation("There is no message to continue.")) }
            return take(data, to: begun, isLast: frame.fin)
        case .binary: return .refused(.binary)
        case .ping: return .ping(data)
        case .pong: return .pong
        case .connectionClose: return .closed(Closure.answer(to: data))
        default: return .refused(.violation("Unknown opcode."))
        }
    }

    private mutating func take(_ data: ByteBuffer, to message: ByteBuffer, isLast: Bool) -> Outcome {
        var message = message
        guard message.readableBytes + data.readableBytes <= Self.limit else { return .refused(.tooLarge) }
        message.writeImmutableBuffer(data)
        begun = isLast ? nil : message
        guard isLast else { return .nothing }
        return String(validating: message.readableBytesView, as: UTF8.self).map(Outcome.text) ?? .refused(.notText)
    }
}
