extension ScriptCall {
    /// A commit that can be run again and again: every operation is at `epoch` and `version` and stays there.
    ///
    /// - Events become plain fields, because each event would raise the version; so nothing is published to their channels.
    /// - The epoch is not removed from the hash.
    mutating func rerunCommit(epoch: String, version: String) {
        var input = Cursor(arguments)
        // What every transition begins with: channels, wake, history, told.
        var output = input.take(4)
        let items = input.take(1)
        output += items
        for _ in 0..<(Int(items[0]) ?? 0) {
            let length = Int(input.take(1)[0]) ?? 0
            let item = Self.rerunItem(Cursor(input.take(length)), epoch: epoch, version: version)
            output.append(String(item.count))
            output += item
        }
        arguments = output
    }

    /// One attempt of commit.lua: key, ID, record, epoch, version, whether a request to cancel is known, stream, entry; then the transition as prelude.lua reads it.
    private static func rerunItem(_ cursor: Cursor, epoch: String, version: String) -> [String] {
        var input = cursor
        var item = input.take(3)
        _ = input.take(2)
        item += [epoch, version] + input.take(3)
        var fields = input.takeList(of: 2)
        let stamps = input.takeList()
        for (number, event) in input.takeList().enumerated() {
            fields += ["event:\(number + 100)", "{\"sequence\":\(number + 100),\"time\":1700000000000,\(event)"]
        }
        let removed = input.takeList().filter { !$0.hasSuffix(":epoch") }
        item += [String(fields.count / 2)] + fields
        item += [String(stamps.count)] + stamps
        item += ["0", String(removed.count)] + removed
        return item + input.rest
    }

    /// Reads arguments from left to right.
    private struct Cursor {
        private(set) var rest: [String]

        init(_ arguments: [String]) {
            rest = arguments
        }

        mutating func take(_ count: Int) -> [String] {
            defer { rest.removeFirst(min(count, rest.count)) }
            return Array(rest.prefix(count))
        }

        /// A list with its length before it, each element of `width` arguments.
        mutating func takeList(of width: Int = 1) -> [String] {
            let count = take(1).first.flatMap { Int($0) } ?? 0
            return take(count * width)
        }
    }
}
