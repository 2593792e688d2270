/// Turns a JSON value into rules and collects what is wrong with it.
struct SchemaCompiler {
    private(set) var rules: [JSONSchema.Rules] = []
    private(set) var faults: [JSONSchema.Fault] = []
    private var indices: [JSONPointer: Int] = [:]
    private var references: [(from: Int, text: String, pointer: JSONPointer)] = []

    /// Compiles the whole schema.
    mutating func compile(_ root: JSONNode) {
        _ = schema(root, at: .root)
        for (from, text, pointer) in references {
            if let target = target(of: text) {
                rules[from].reference = target
            } else {
                report(
                    pointer,
                    words: "$ref \"\(text)\" leads to no schema in this document",
                    allowed: "write #/$defs/NAME for a schema under $defs"
                )
            }
        }
        if faults.isEmpty { findCircles() }
    }

    mutating func report(_ pointer: JSONPointer, words: String, allowed: String) {
        faults.append(JSONSchema.Fault(pointer: pointer, words: words, allowed: allowed))
    }

    /// Compiles the schema in `node` and says at which index its rules are.
    mutating func schema(_ node: JSONNode, at pointer: JSONPointer) -> Int {
        let index = rules.count
        rules.append(JSONSchema.Rules())
        indices[pointer] = index
        var compiled = JSONSchema.Rules()
        switch node.value {
        case .bool(let verdict): compiled.verdict = verdict
        case .object(let members):
            for member in members {
                let place = pointer.appending(member.key)
                if let keyword = Keyword(rawValue: member.key) {
                    read(keyword, node: member.value, at: place, from: index, into: &compiled)
                } else {
                    let known = Keyword.allCases.map(\.rawValue)
                    let guess = NearestName.of(member.key, in: known).map { "did you mean \($0)? " } ?? ""
                    report(
                        place,
                        words: "the keyword \"\(member.key)\" is not supported",
                        allowed: "\(guess)known are \(known.joined(separator: ", "))"
                    )
                }
            }
        case .null, .number, .string, .array:
            report(pointer, words: "a schema is \(node.kind.words)", allowed: "it is an object, true or false")
        }
        rules[index] = compiled
        return index
    }

    mutating func refer(to node: JSONNode, at pointer: JSONPointer, from index: Int) {
        guard let text = node.string else {
            return report(pointer, words: "$ref is \(node.kind.words)", allowed: "it is text such as #/$defs/NAME")
        }
        references.append((index, text, pointer))
    }

    private func target(of reference: String) -> Int? {
        guard reference.hasPrefix("#"), let pointer = JSONPointer(String(reference.dropFirst())) else { return nil }
        return indices[pointer]
    }

    /// A schema that leads back to itself without going into the value would never come to an end.
    private mutating func findCircles() {
        let pointers = Dictionary(uniqueKeysWithValues: indices.map { ($0.value, $0.key) })
        var finished = Set<Int>()
        for start in rules.indices where !finished.contains(start) {
            var path: [(index: Int, rest: [Int])] = [(start, rules[start].inPlace)]
            while let (index, rest) = path.last {
                guard let next = rest.first else {
                    finished.insert(index)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].rest.removeFirst()
                if path.contains(where: { $0.index == next }) {
                    let place = pointers[index] ?? .root
                    return report(
                        place,
                        words: "the schema applies itself to the very same value",
                        allowed: "let it pass through properties or items"
                    )
                }
                if !finished.contains(next) { path.append((next, rules[next].inPlace)) }
            }
        }
    }
}

extension JSONNode.Kind {
    /// The kind for people.
    package var words: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
