import CHiredis

/// The replies of one read, flat: a token a value, in the order of the bytes, and one slab with the bytes of all strings.
///
/// A reply is a pair of tape and token index, so the hundred replies of a pipeline share two blocks of memory. Whoever keeps
/// one of them keeps them all: copy out what is to live long.
///
/// - Note: `@unchecked Sendable` holds because both blocks are written only by the parser, before ``init(taking:)`` takes them
///   over; from then on they are only read, and they are freed when the last reply is gone.
final class ReplyTape: @unchecked Sendable {
    private let tokens: UnsafeMutablePointer<stepstream_token>?
    private let bytes: UnsafeMutablePointer<UInt8>?
    let count: Int

    /// Takes the completed replies out of `parser`; nil when there is no memory for the unfinished rest.
    init?(taking parser: UnsafeMutablePointer<stepstream_parser>) {
        var tokens: UnsafeMutablePointer<stepstream_token>?
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = Int(parser.pointee.tape.reply_token)
        guard stepstream_parser_take(parser, &tokens, &bytes) else { return nil }
        self.tokens = tokens
        self.bytes = bytes
        self.count = count
    }

    deinit {
        free(tokens)
        free(bytes)
    }

    /// The tape of one null, for elements a reply does not have.
    static let null: ReplyTape = ReplyTape()

    private init() {
        let token = UnsafeMutablePointer<stepstream_token>(OpaquePointer(malloc(MemoryLayout<stepstream_token>.size)))
        token?.initialize(to: stepstream_token(value: 0, length: 0, span_kind: 1 << 3 | UInt32(STEPSTREAM_NULL)))
        tokens = token
        bytes = nil
        count = token == nil ? 0 : 1
    }

    @inline(__always)
    private func token(_ index: Int) -> stepstream_token {
        guard let tokens, index < count else { return stepstream_token(value: 0, length: 0, span_kind: 1 << 3) }
        return tokens[index]
    }

    @inline(__always)
    func kind(at index: Int) -> RedisReply.Kind {
        RedisReply.Kind(rawValue: UInt8(truncatingIfNeeded: stepstream_token_kind(token(index)))) ?? .null
    }

    /// The tokens of the value and of everything below it: adding it gives the next sibling.
    @inline(__always)
    func span(at index: Int) -> Int {
        Int(stepstream_token_span(token(index)))
    }

    @inline(__always)
    func length(at index: Int) -> Int {
        Int(token(index).length)
    }

    @inline(__always)
    func integer(at index: Int) -> Int {
        Int(token(index).value)
    }

    /// The bytes of a string, status or error; valid inside `body` only.
    @inline(__always)
    func withBytes<R, E: Error>(at index: Int, do body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let token = token(index)
        guard let bytes, token.length > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return try body(UnsafeRawBufferPointer(start: bytes + Int(token.value), count: Int(token.length)))
    }
}
