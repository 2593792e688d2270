extension ScriptCall {
    /// A commit that can be run again and again: every operation is at `epoch` and `version` and stays there.
    ///
    /// - Events become plain fields, because each event would raise the version; so nothing is published to their channels.
    /// - The lease is not given up.
    mutating func rerunCommit(epoch: String, version: String) {
        var input = Cursor(arguments)
        // What every transition begins with: channels, wake, history, told, whether listeners are asked for.
        var output = input.take(5)
        let shapes = input.take(1)
        output += shapes
        for _ in 0..<(Int(shapes[0]) ?? 0) { output += Self.rerunShape(&input) }
        let items = input.take(1)
        output += items
        for _ in 0..<(Int(items[0]) ?? 0) {
            let length = Int(input.take(1)[0]) ?? 0
            var item = Cursor(input.take(length))
            // Key, ID and field of the lease, then epoch and version.
            let head = item.take(3)
            _ = item.take(2)
            output += [String(length)] + head + [epoch, version] + item.rest
        }
        arguments = output
    }

    /// A shape as prelude.lua reads it: fields, stamped fields, events, removed fields, messages (none), retention, attention.
    private static func rerunShape(_ input: inout Cursor) -> [String] {
        let pairs = input.takeList(of: 2)
        var fields: [String] = []
        for start in stride(from: 0, to: pairs.count, by: 2) where !pairs[start].hasSuffix(":lease") { fields += pairs[start...start + 1] }
        let stamps = input.takeList()
        for (number, event) in input.takeList().enumerated() {
            fields += ["event:\(number + 100)", "{\"sequence\":\(number + 100),\"time\":1700000000000,\(event)"]
        }
        let removed = input.takeList()
        return [String(fields.count / 2)] + fields + [String(stamps.count)] + stamps + ["0", String(removed.count)] + removed
            + input.take(3)
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
