@testable import StepstreamStore

/// Holds a script file against what Swift writes and reads.
struct SchemaComparison {
    let file: LuaFile
    /// All files, by name.
    let files: [String: LuaFile]

    private var schema: ScriptSchema { ScriptSchema.all[file.name] ?? ScriptSchema() }

    /// What differs; empty when nothing does.
    var differences: [String] {
        var differences: [String] = []
        func expect(_ found: [String], _ expected: [String], _ what: String) {
            if found != expected { differences.append("\(file.name).lua: \(what) \(found), expected \(expected)") }
        }
        expect(file.head, schema.head, "the head says")
        expect(keys, schema.keys?.names ?? [], "KEYS are")
        expect(taken.sorted(), schema.arguments.map { text($0.names) }.sorted(), "taken rows are")
        for row in schema.reads { expect(read(of: row.label), row.names, "read of \(row.label) is") }
        for row in schema.answers where !answers(row.names) { differences.append("\(file.name).lua does not answer \(row.names)") }
        expect(codes.sorted(), schema.codes.sorted(), "codes are")
        if uncounted != 0 { differences.append("\(file.name).lua takes \(uncounted) arguments that no local is named after") }
        if file.statements.contains(where: { $0.contains("ARGV") }) { differences.append("\(file.name).lua uses ARGV itself") }
        return differences
    }

    private func text(_ names: [String]) -> String { names.joined(separator: " ") }

    // MARK: Keys

    /// How many keys the included files take.
    private func keysBefore(_ file: LuaFile) -> Int {
        file.includes.compactMap { files[$0] }.reduce(0) { count, part in
            count + (ScriptSchema.all[part.name]?.keys?.names.count ?? 0) + keysBefore(part)
        }
    }

    /// The names of the locals for KEYS[1] and so on, from behind those of the included files; and every other use of such a key.
    private var keys: [String] {
        var names: [String] = []
        for statement in file.locals {
            for (name, expression) in statement {
                guard let match = expression.wholeMatch(of: /KEYS\[(\d+)\]/) else { continue }
                names.append(Int(match.1) == keysBefore(file) + names.count + 1 ? name : "\(name) = \(expression)")
            }
        }
        let uses = file.statements.reduce(0) { $0 + $1.matches(of: /KEYS\[\d+\]/).count }
        return names + Array(repeating: "KEYS[…]", count: uses - names.count)
    }

    // MARK: Arguments

    /// Those that take one argument or one list.
    private var primitives: [String] { files["arguments"]?.takers ?? [] }

    private func calls(of takers: [String], in code: String) -> Int {
        code.matches(of: /\b(\w+)\(/).count { takers.contains(String($0.1)) }
    }

    /// The positions that each `local` takes.
    private var rows: [[(name: String, expression: String)]] {
        let composites = ([file] + files.values).flatMap(\.takers)
        return file.locals.compactMap { statement in
            let positions = statement.filter { calls(of: primitives + composites, in: $0.expression) > 0 }
            let isWhole = positions.count == 1 && calls(of: primitives, in: positions[0].expression) == 0
            // What another function has taken, and whose rows stand there.
            return positions.isEmpty || isWhole ? nil : positions
        }
    }

    private var taken: [String] { rows.map { text($0.map(\.name)) } }

    /// How many more arguments are taken than positions and lengths of lists are.
    private var uncounted: Int {
        let all = file.statements.filter { !$0.hasPrefix("local function") }.reduce(0) { $0 + calls(of: primitives, in: $1) }
        let lengths = file.statements.count { $0.contains(/^for \w+ = 1, count\(\) do/) }
        let positions = rows.joined().count { calls(of: primitives, in: $0.expression) > 0 }
        return all - lengths - positions
    }

    // MARK: Answers

    private func read(of list: String) -> [String] {
        file.locals.flatMap(\.self).filter { $0.expression.hasPrefix(list + "[") }.enumerated().map { index, position in
            position.expression == "\(list)[\(index + 1)]" ? position.name : "\(position.name) = \(position.expression)"
        }
    }

    /// Whether it answers these in this order, in a table of their own or one behind the other.
    private func answers(_ names: [String]) -> Bool {
        let list = names.joined(separator: ", ")
        return file.statements.contains { $0.contains("{ \(list) }") || $0.hasSuffix("= \(list)") }
    }

    /// The codes that it mentions where it answers.
    private var codes: Set<String> {
        let known = Set(ScriptSchema.all.values.flatMap(\.codes))
        let answering = file.statements.filter { $0.contains(/\b(return|answers?)\b/) && !$0.hasPrefix("local bound") }
        return known.intersection(answering.flatMap { $0.matches(of: /'([a-z-]+)'/).map { String($0.1) } })
    }
}
