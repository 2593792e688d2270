import RedisClient
import Stepstream

/// Reads the elements of a script's answer one behind the other, those of a row by the names of their positions.
struct ScriptAnswer {
    private var rest: RedisReply.Iterator
    private var order = RowOrder()

    init(_ reply: RedisReply) {
        rest = reply.makeIterator()
    }

    /// The next element, which belongs to no row.
    @inline(__always)
    mutating func next() -> RedisReply? { rest.next() }

    @inline(__always)
    mutating func next(_ position: some Positions) -> RedisReply? {
        order.pass(position)
        return rest.next()
    }
}

extension RedisReply {
    /// The element at a position of a row that this is the whole of.
    subscript(_ position: some Positions) -> RedisReply { self[position.rawValue] }

    /// The answer of a script as its code.
    func code<Code: ScriptCode>(_: Code.Type = Code.self, of script: RedisScript) throws(StoreError) -> Code {
        if let text = string, let code = Code(rawValue: text) { return code }
        throw StoreError.unknownAnswer(of: script)
    }
}

extension StoreError {
    static func unknownAnswer(of script: RedisScript) -> StoreError {
        StoreError(.corrupt, "Script \(script.name) answered something unknown. Is another version of Stepstream at work?")
    }
}
