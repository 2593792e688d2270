import CHiredis
import NIOCore

/// Parses the bytes of one connection with hiredis' `redisReader`, whose object functions write into a tape.
///
/// Not thread-safe: a connection feeds it on its event loop only.
final class ReplyReader {
    /// What may stand in a reply; hiredis itself stops at nine nested arrays.
    struct Limits {
        var bytes: Int
        var elements: Int
    }

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder: UnsafeMutablePointer<TapeBuilder>
    private let limits: Limits

    init(limits: Limits) {
        self.limits = limits
        functions = .allocate(capacity: 1)
        builder = .allocate(capacity: 1)
        builder.initialize(to: TapeBuilder(limits: limits))
        stepstream_fill_functions(
            functions,
            { task, bytes, count in TapeBuilder.at(task)?.pointee.addText(task, bytes, count) },
            { task, count in TapeBuilder.at(task)?.pointee.addArray(Int(count)) },
            { task, value in TapeBuilder.at(task)?.pointee.add(.integer, value: Int(value)) },
            { task in TapeBuilder.at(task)?.pointee.add(.null, value: 0) },
            { _ in }
        )
        guard let reader = redisReaderCreateWithFunctions(functions) else { preconditionFailure("no memory for a Redis reply reader") }
        self.reader = reader
        reader.pointee.privdata = UnsafeMutableRawPointer(builder)
        // The default gives an empty buffer beyond 16 KB back at each feed, only to grow it again.
        reader.pointee.maxbuf = 1 << 20
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
        builder.deinitialize(count: 1)
        builder.deallocate()
    }

    /// Adds bytes as they came from the connection.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        guard bytes.count > 0 else { return }
        let code = redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        if code != REDIS_OK { throw failure() }
    }

    /// The next whole reply; nil when more bytes are needed. After an error the reader is dead, and so must be the connection.
    func next() throws(RedisError) -> RedisReply? {
        var reply: UnsafeMutableRawPointer?
        let code = redisReaderGetReply(reader, &reply)
        if let text = builder.pointee.exceeded { throw RedisError(.protocolViolation, text) }
        if code != REDIS_OK { throw failure() }
        if reply == nil {
            if reader.pointee.len - reader.pointee.pos > limits.bytes {
                throw RedisError(.protocolViolation, "A reply is larger than \(limits.bytes) bytes.")
            }
            return nil
        }
        return RedisReply(builder.pointee.takeTape())
    }

    private func failure() -> RedisError {
        let text = withUnsafeBytes(of: reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return RedisError(.protocolViolation, "The server does not speak RESP2: \(text)")
    }
}

/// The tape under construction: a plain struct behind a raw pointer, because a class costs reference counting and exclusivity checks per element.
private struct TapeBuilder {
    private var tokens: [ReplyTape.Token] = []
    private var slab: [UInt8] = []
    private var open: [(token: Int, left: Int)] = []
    private let limits: ReplyReader.Limits
    /// Why the reply is refused.
    private(set) var exceeded: String?

    init(limits: ReplyReader.Limits) {
        self.limits = limits
    }

    static func at(_ task: UnsafePointer<redisReadTask>?) -> UnsafeMutablePointer<TapeBuilder>? {
        task?.pointee.privdata?.assumingMemoryBound(to: TapeBuilder.self)
    }

    mutating func takeTape() -> ReplyTape {
        defer {
            tokens.removeAll(keepingCapacity: tokens.capacity < 1 << 16)
            slab.removeAll(keepingCapacity: slab.capacity < 1 << 20)
        }
        return ReplyTape(tokens: Array(tokens), slab: Array(slab))
    }

    mutating func addText(
        _ task: UnsafePointer<redisReadTask>?,
        _ bytes: UnsafeMutablePointer<CChar>?,
        _ count: Int
    ) -> UnsafeMutableRawPointer? {
        let kind: RedisReply.Kind =
            switch task?.pointee.type {
            case REDIS_REPLY_STATUS: .status
            case REDIS_REPLY_ERROR: .error
            default: .string
            }
        guard slab.count + count <= limits.bytes else { return refuse("A reply is larger than \(limits.bytes) bytes.") }
        let offset = slab.count
        slab.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return add(kind, value: offset, extent: count)
    }

    mutating func addArray(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count >= 0, tokens.count + count <= limits.elements else {
            return refuse("A reply has more than \(limits.elements) elements.")
        }
        tokens.append(.init(kind: .array, value: count, extent: tokens.count + 1))
        if count > 0 {
            open.append((tokens.count - 1, count))
        } else {
            close()
        }
        return TapeBuilder.something
    }

    mutating func add(_ kind: RedisReply.Kind, value: Int, extent: Int = 0) -> UnsafeMutableRawPointer? {
        guard tokens.count < limits.elements else { return refuse("A reply has more than \(limits.elements) elements.") }
        tokens.append(.init(kind: kind, value: value, extent: extent))
        close()
        return TapeBuilder.something
    }

    /// An element is complete: closes every array of which it was the last.
    private mutating func close() {
        while let last = open.indices.last {
            open[last].left -= 1
            guard open[last].left == 0 else { return }
            tokens[open[last].token].extent = tokens.count
            open.removeLast()
        }
    }

    private mutating func refuse(_ words: String) -> UnsafeMutableRawPointer? {
        exceeded = words
        return nil
    }

    /// hiredis takes null for "out of memory"; what else the pointer is does not matter, because it is never followed.
    private static var something: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }
}
