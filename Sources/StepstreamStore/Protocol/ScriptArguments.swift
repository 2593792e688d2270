import RedisClient
import Stepstream

/// The arguments of a script call, each appended by the name of its position.
struct ScriptArguments: Sendable, Hashable {
    private var appended: RedisArguments
    private var order = RowOrder()

    init() {
        appended = RedisArguments()
    }

    init(reserving bytes: Int) {
        appended = RedisArguments(reserving: bytes)
    }

    /// All arguments, as they are sent.
    var all: RedisArguments {
        order.expectCompleteRows()
        return appended
    }

    @inline(__always)
    mutating func append(_ position: some Positions, value text: String) {
        order.pass(position)
        appended.append(text)
    }

    @inline(__always)
    mutating func append(_ position: some Positions, value number: Int) {
        order.pass(position)
        appended.append(number)
    }

    @inline(__always)
    mutating func append(_ position: some Positions, value time: Milliseconds) {
        append(position, value: Int(time.count))
    }

    /// Appends an empty text for nil.
    @inline(__always)
    mutating func append(_ position: some Positions, value text: String?) {
        append(position, value: text ?? "")
    }

    /// Appends an empty text for nil.
    @inline(__always)
    mutating func append(_ position: some Positions, value time: Milliseconds?) {
        if let time { append(position, value: time) } else { append(position, value: "") }
    }

    @inline(__always)
    mutating func append(_ position: some Positions, value flag: Bool) {
        append(position, value: flag ? "1" : "")
    }

    /// Appends a list: its length, and then its elements.
    mutating func append(_ position: some Positions, value list: [String]) {
        append(position, value: list.count)
        for element in list { appended.append(element) }
    }

    /// Appends a list of pairs: its length, and then each pair as two arguments.
    mutating func append(_ position: some Positions, pairs: [(String, String)]) {
        append(position, value: pairs.count)
        for (first, second) in pairs {
            appended.append(first)
            appended.append(second)
        }
    }

    /// Appends a list of keys by their numbers.
    mutating func append(_ position: some Positions, keys numbers: [Int]) {
        append(position, value: numbers.count)
        for number in numbers { appended.append(number) }
    }

    /// Appends the length of a list that stands outside of all rows.
    mutating func append(count: Int) {
        appended.append(count)
    }

    /// Appends all of `other`.
    mutating func append(contentsOf other: ScriptArguments) {
        appended.append(contentsOf: other.all)
    }
}
