import StepstreamStore

extension ScriptCall {
    /// A commit that can be run again and again: every operation is at `epoch` and `version` and stays there.
    ///
    /// - Events become plain fields, because each event would raise the version; so nothing is published to their channels.
    /// - The lease is not given up.
    mutating func rerunCommit(epoch: String, version: String) {
        var input = Cursor(arguments)
        var output = input.take(TransitionCall.Head.self)
        let templates = input.take(1)
        output += templates
        var varying: [Int] = []
        for _ in 0..<(Int(templates[0]) ?? 0) { output += Self.rerunTemplate(&input, &varying) }
        let operations = input.take(TransitionCall.Operations.self)
        output += operations
        for _ in 0..<(Int(operations[TransitionCall.Operations.total.rawValue]) ?? 0) {
            var attempt = input.take(CommitScript.Attempt.self)
            attempt[CommitScript.Attempt.epoch.rawValue] = epoch
            attempt[CommitScript.Attempt.version.rawValue] = version
            let template = Int(attempt[CommitScript.Attempt.template.rawValue]) ?? 1
            output += attempt + input.take(varying[template - 1])
        }
        arguments = output
    }

    /// A template without its events and leases; none of these has messages, and their operations bring nothing but fields that vary.
    private static func rerunTemplate(_ input: inout Cursor, _ varying: inout [Int]) -> [String] {
        typealias Template = TransitionCall.Template
        var fields: [String] = []
        var output: [String] = []
        for position in Template.allCases {
            switch position {
            case .fields:
                let pairs = input.takeList(of: 2)
                for start in stride(from: 0, to: pairs.count, by: 2) where !pairs[start].hasSuffix(":lease") {
                    fields += pairs[start...start + 1]
                }
            case .drafts:
                for (number, event) in input.takeList().enumerated() {
                    fields += ["event:\(number + 100)", "1700000000000 \(event)"]
                }
                output.append("0")
            case .stamps, .removals, .messages, .varying:
                let list = input.takeList()
                if position == .varying { varying.append(list.count) }
                output += [String(list.count)] + list
            case .retention, .attention, .hasCallback, .hasRest: output += input.take(1)
            }
        }
        return [String(fields.count / 2)] + fields + output + input.take(CommitScript.Shared.self)
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

        mutating func take<Row: Positions>(_ row: Row.Type) -> [String] { take(Row.allCases.count) }

        /// A list with its length before it, each element of `width` arguments.
        mutating func takeList(of width: Int = 1) -> [String] {
            let count = take(1).first.flatMap { Int($0) } ?? 0
            return take(count * width)
        }
    }
}
