extension ScriptCall {
    /// A commit that can be run again and again: every operation is at `epoch` and `version` and stays there.
    ///
    /// - Events become plain fields, because each event would raise the version; so nothing is published to their channels.
    /// - The lease is not given up.
    mutating func rerunCommit(epoch: String, version: String) {
        var input = Cursor(arguments)
        // What every transition begins with: channels, wake, history, told, whether listeners are asked for, an operation's key without its ID.
        var output = input.take(6)
        let shapes = input.take(1)
        output += shapes
        var ownFields: [Int] = []
        for _ in 0..<(Int(shapes[0]) ?? 0) { output += Self.rerunShape(&input, &ownFields) }
        let items = input.take(2)
        output += items
        for _ in 0..<(Int(items[0]) ?? 0) {
            _ = input.take(2)
            // Entry and number of the shape, then a value for each of the shape's own fields.
            let rest = input.take(2)
            output += [epoch, version] + rest + input.take(ownFields[(Int(rest[1]) ?? 1) - 1])
        }
        arguments = output
    }

    /// A shape as shapes.lua reads it: fields, stamped fields, events, removed fields, messages (none), retention, attention, names of own
    /// fields, whether there are callbacks and more (neither), frame.
    private static func rerunShape(_ input: inout Cursor, _ ownFields: inout [Int]) -> [String] {
        let pairs = input.takeList(of: 2)
        var fields: [String] = []
        for start in stride(from: 0, to: pairs.count, by: 2) where !pairs[start].hasSuffix(":lease") { fields += pairs[start...start + 1] }
        let stamps = input.takeList()
        for (number, event) in input.takeList().enumerated() {
            fields += ["event:\(number + 100)", "1700000000000 \(event)"]
        }
        let removed = input.takeList()
        let head = [String(fields.count / 2)] + fields + [String(stamps.count)] + stamps + ["0", String(removed.count)] + removed
        let ending = input.take(3)
        let own = input.takeList()
        ownFields.append(own.count)
        let more = input.take(2)
        let frame = input.takeList()
        return head + ending + [String(own.count)] + own + more + [String(frame.count)] + frame
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
