import NIOCore

/// One command, ready for the wire.
package struct RedisCommand: Sendable {
    /// The command's first word, in capitals.
    package let name: String
    /// The name with the leading arguments that many commands share, already formatted; nil to write the name alone.
    private let head: RedisArguments?
    private let keys: RedisArguments
    private let arguments: RedisArguments

    /// A command such as `("GET", "key")`. A command of two words has the second as its first argument.
    package init(_ name: String, _ arguments: any RedisArgument...) {
        var all = RedisArguments()
        for argument in arguments { argument.append(to: &all) }
        self.init(name, all)
    }

    package init(_ name: String, _ arguments: RedisArguments) {
        self.name = name.utf8.contains { (97...122).contains($0) } ? name.uppercased() : name
        head = nil
        keys = RedisArguments()
        self.arguments = arguments
    }

    /// The command that runs a script: `head` is `EVALSHA <sha>`, formatted once.
    init(_ name: String, head: RedisArguments, keys: RedisArguments, arguments: RedisArguments) {
        self.name = name
        self.head = head
        self.keys = keys
        self.arguments = arguments
    }

    /// An upper bound of the bytes on the wire.
    package var byteCount: Int { (head?.byteCount ?? name.utf8.count) + keys.byteCount + arguments.byteCount + 64 }

    func write(to buffer: inout ByteBuffer) {
        if let head {
            // The head is that of EVALSHA, which takes the number of keys before them.
            RedisArguments.writeRequestHead(head.count + 1 + keys.count + arguments.count, to: &buffer)
            buffer.writeImmutableBuffer(head.buffer)
            RedisArguments.writeNumber(keys.count, to: &buffer)
            buffer.writeImmutableBuffer(keys.buffer)
        } else {
            RedisArguments.writeRequestHead(1 + arguments.count, to: &buffer)
            RedisArguments.writeText(name, to: &buffer)
        }
        buffer.writeImmutableBuffer(arguments.buffer)
    }

    /// Whether one of the arguments is `word`, in any case.
    func contains(argument word: StaticString) -> Bool {
        arguments.contains(word)
    }

    /// The first argument in capitals, if it is short enough to be a subcommand.
    var subcommand: String? {
        arguments.firstShort?.uppercased()
    }
}
