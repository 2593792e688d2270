/// A reply as one flat row of tokens over one slab of bytes; `RedisReply` is a view of it.
final class ReplyTape: Sendable {
    struct Token: Sendable {
        var kind: RedisReply.Kind
        /// Integers: the value. Arrays: the number of elements. Texts: where their bytes begin in the slab.
        var value: Int
        /// Texts: how many bytes. Arrays: the number of the token after the last of their elements.
        var extent: Int
    }

    let tokens: [Token]
    let slab: [UInt8]

    init(tokens: [Token], slab: [UInt8]) {
        self.tokens = tokens
        self.slab = slab
    }

    /// The token after the subtree that begins at `index`.
    func end(of index: Int) -> Int {
        let token = tokens[index]
        return token.kind == .array ? token.extent : index + 1
    }
}
