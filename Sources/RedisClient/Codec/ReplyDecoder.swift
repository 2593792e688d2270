import CHiredis
package import NIOCore

/// Bytes in, replies out, at any split of the bytes.
///
/// Owns one hiredis reader and the tape it fills. Not Sendable: it lives in one channel handler and is used on that channel's
/// event loop only.
final class ReplyDecoder {
    /// hiredis moves its buffer once per KB it consumed, so feeding it in slices keeps many small replies linear.
    private static let sliceBytes = 16 * 1024
    /// The longest status, error, integer or header line. Redis' own are far below 1 KB.
    private static let lineBytes = 64 * 1024
    /// Completed replies are handed out at the latest when this many bytes have gathered, so that one reply that is kept
    /// does not hold on to much more.
    private static let batchBytes = 256 * 1024
    /// A reader whose buffer grew beyond this is replaced after the reply.
    private static let ordinaryBytes = 1024 * 1024

    private let parser: UnsafeMutablePointer<stepstream_parser>
    private let limits: RedisConfiguration.Limits
    private var grown = false
    private var failure: RedisError?

    init(limits: RedisConfiguration.Limits) {
        guard
            let parser = stepstream_parser_create(
                limits.replyBytes,
                UInt32(clamping: limits.replyElements),
                UInt32(clamping: limits.nesting)
            )
        else { preconditionFailure("there is memory for a parser of some hundred bytes") }
        self.parser = parser
        self.limits = limits
    }

    deinit {
        stepstream_parser_free(parser)
    }

    /// Feeds `bytes` and calls `each` with every reply they complete, in order. After an error the decoder is dead: the
    /// place where the next reply would begin is unknown.
    func feed(_ bytes: ByteBuffer, each: (RedisReply) -> Void) throws(RedisError) {
        if let failure { throw failure }
        do throws(RedisError) {
            try parse(bytes, each: each)
        } catch {
            failure = error
            throw error
        }
    }

    private func parse(_ bytes: ByteBuffer, each: (RedisReply) -> Void) throws(RedisError) {
        var rest = bytes
        while let slice = rest.readSlice(length: min(Self.sliceBytes, rest.readableBytes)), slice.readableBytes > 0 {
            let fed = slice.withUnsafeReadableBytes {
                redisReaderFeed(parser.pointee.reader, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
            guard fed == REDIS_OK else { throw broken() }
            var status = stepstream_parser_next(parser)
            while status == 1 {
                if parser.pointee.tape.byte_count >= Self.batchBytes { try handOut(each) }
                status = stepstream_parser_next(parser)
            }
            if status < 0 {
                try handOut(each)
                throw broken()
            }
            do throws(RedisError) {
                try checkUnfinished()
            } catch {
                try handOut(each)
                throw error
            }
        }
        try handOut(each)
    }

    private func handOut(_ each: (RedisReply) -> Void) throws(RedisError) {
        guard parser.pointee.tape.reply_token > 0 else { return }
        guard let tape = ReplyTape(taking: parser) else {
            throw RedisError(.replyTooLarge, "there is no memory left for the reply", class: .indeterminate)
        }
        var index = 0
        while index < tape.count {
            each(RedisReply(tape: tape, index: index))
            index += tape.span(at: index)
        }
        if grown, stepstream_parser_pending(parser) == 0, stepstream_parser_renew(parser) { grown = false }
    }

    /// A reply that never ends must not fill the memory: both what is parsed and what waits count.
    private func checkUnfinished() throws(RedisError) {
        let pending = stepstream_parser_pending(parser)
        if pending > Self.ordinaryBytes { grown = true }
        let parsed = parser.pointee.tape.byte_count - parser.pointee.tape.reply_byte
        if pending + parsed > limits.replyBytes + Self.lineBytes { throw tooLarge("bytes", limit: limits.replyBytes) }
        if stepstream_parser_endless_line(parser, Self.lineBytes) {
            throw RedisError(
                .protocolViolation,
                "a line of more than \(Self.lineBytes) bytes came where Redis would send a short one; is this a Redis server?",
                class: .indeterminate
            )
        }
    }

    private func broken() -> RedisError {
        switch parser.pointee.tape.refused {
        case Int32(STEPSTREAM_REFUSED_BYTES): return tooLarge("bytes", limit: limits.replyBytes)
        case Int32(STEPSTREAM_REFUSED_ELEMENTS): return tooLarge("elements", limit: limits.replyElements)
        case Int32(STEPSTREAM_REFUSED_NESTING): return tooLarge("nested arrays", limit: limits.nesting)
        case Int32(STEPSTREAM_REFUSED_MEMORY):
            return RedisError(.replyTooLarge, "there is no memory left for the reply", class: .indeterminate)
        default:
            let text = String(cString: stepstream_parser_error(parser))
            return RedisError(
                .protocolViolation,
                "the bytes received are not Redis' protocol (RESP2): \(RedisError.printable(text))",
                class: .indeterminate
            )
        }
    }

    private func tooLarge(_ what: String, limit: Int) -> RedisError {
        RedisError(
            .replyTooLarge,
            "the reply has more than \(limit) \(what); ask for less at a time or raise the limit",
            class: .indeterminate
        )
    }
}

extension RedisReply {
    /// The one reply that `bytes` (RESP2) spell; throws when they hold none, several or something else.
    package init(parsing bytes: ByteBuffer, limits: RedisConfiguration.Limits = .init()) throws(RedisError) {
        var replies: [RedisReply] = []
        try ReplyDecoder(limits: limits).feed(bytes) { replies.append($0) }
        guard replies.count == 1 else {
            throw RedisError(.protocolViolation, "the bytes hold \(replies.count) replies, not one", class: .other)
        }
        self = replies[0]
    }
}
