import CHiredisClient
import Glibc

/// A blocking connection of hiredis, with commands in pipelines. Nothing of it is ours.
final class RawConnection {
    typealias Reply = UnsafeMutablePointer<redisReply>

    private let context: UnsafeMutablePointer<redisContext>

    init(socket: String) throws {
        guard let context = redisConnectUnix(socket) else { throw Wrong("hiredis has no memory for a connection.") }
        self.context = context
        if context.pointee.err != 0 { throw Wrong("hiredis cannot connect to \(socket).") }
    }

    deinit { redisFree(context) }

    /// Adds a command to the pipeline.
    func append(_ texts: [String]) {
        // C strings that live as long as the call, which copies them.
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        var pointers = copies.map { UnsafePointer<CChar>($0) }
        var lengths = texts.map(\.utf8.count)
        redisAppendCommandArgv(context, Int32(texts.count), &pointers, &lengths)
    }

    /// Sends what is in the pipeline and hands the replies to `body`, one by one, in order.
    func replies(_ count: Int, _ body: (Reply) throws -> Void = { _ in }) throws {
        for _ in 0..<count {
            var pointer: UnsafeMutableRawPointer?
            guard redisGetReply(context, &pointer) == REDIS_OK, let reply = pointer?.assumingMemoryBound(to: redisReply.self) else {
                throw Wrong("hiredis lost its connection.")
            }
            defer { freeReplyObject(pointer) }
            if reply.pointee.type == REDIS_REPLY_ERROR { throw Wrong("Redis refused a command of the raw cycle: \(Self.text(of: reply))") }
            try body(reply)
        }
    }

    /// The children of an array, none of another reply.
    static func children(of reply: Reply) -> [Reply] {
        guard reply.pointee.type == REDIS_REPLY_ARRAY else { return [] }
        return (0..<Int(reply.pointee.elements)).compactMap { reply.pointee.element[$0] }
    }

    static func text(of reply: Reply) -> String {
        reply.pointee.str.map { String(cString: $0) } ?? ""
    }
}
