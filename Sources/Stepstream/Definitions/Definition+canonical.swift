import Crypto
public import StepstreamJSON

extension Definition {
    /// The definition in the shape of its file, with every default written out, members in a fixed order, times in whole milliseconds.
    ///
    /// Equal definitions have equal canonical JSON; it is what Redis keeps and what the version is the hash of.
    public var canonicalJSON: JSONText {
        var members: [(String, JSONText.Fragment)] = [("type", .string(type.text))]
        if let description { members.append(("description", .string(description))) }
        if let inputSchema { members.append(("inputSchema", .raw(Definition.minified(inputSchema)))) }
        if let deadline { members.append(("deadline", .integer(deadline.count))) }
        members.append(("steps", .raw(.array(steps.map { .raw($0.canonicalJSON) }))))
        return .object(members)
    }

    /// The first 16 hexadecimal digits of the SHA-256 of the canonical JSON.
    public var version: DefinitionVersion { DefinitionVersion(hashing: canonicalJSON) }

    /// Reads what `canonicalJSON` wrote, under the rules that a file is read by.
    ///
    /// - Throws: every fault; a member this release does not know is one, because ignoring it would change what the definition does.
    public init(canonicalJSON: JSONText) throws(DefinitionFaults) {
        let root: JSONNode
        do {
            root = try JSONNode.parse(canonicalJSON.text, maximumDepth: LocatedValue.maximumDepth)
        } catch {
            throw DefinitionFaults(faults: [.unreadable(error)])
        }
        let source = root.member("type")?.string.map { "\"\($0)\"" } ?? "definition"
        var reader = DefinitionReader(source: source, form: .canonical)
        let definition = reader.definition(LocatedValue(root))
        guard let definition, reader.faults.isEmpty else { throw DefinitionFaults(faults: reader.faults) }
        self = definition
    }

    /// Text that does not parse stays as it is: the catalog reports it, and a property has no way to.
    private static func minified(_ schema: JSONText) -> JSONText {
        do {
            return try JSONNode.parse(schema.text, maximumDepth: LocatedValue.maximumDepth).minified
        } catch {
            return schema
        }
    }
}

extension DefinitionFault {
    static func unreadable(_ fault: JSONFault) -> DefinitionFault {
        DefinitionFault(
            source: "definition",
            line: fault.line,
            column: fault.column,
            pointer: fault.pointer,
            words: "not JSON: \(fault.words)",
            allowed: "the canonical form of a definition is one JSON object"
        )
    }
}

extension DefinitionVersion {
    /// The version of the definition whose canonical JSON is `json`.
    init(hashing json: JSONText) {
        text = SHA256.hash(data: Array(json.text.utf8)).withUnsafeBytes { Hexadecimal.text($0, first: 8) }
    }
}

extension Step {
    fileprivate var canonicalJSON: JSONText {
        var members: [(String, JSONText.Fragment)] = [
            ("name", .string(name.text)), ("mode", .string(mode.rawValue)), ("queue", .string(queue.text)),
            ("handler", .raw(handler.canonicalJSON)), ("timeout", .integer(timeout.count)), ("retry", .raw(retry.canonicalJSON)),
            ("onUnknown", .string(onUnknown.keyword.rawValue)),
        ]
        if let probe = onUnknown.probe { members.append(("probe", .raw(probe.canonicalJSON))) }
        members.append(("undo", undo.canonicalJSON))
        return .object(members)
    }
}

extension HandlerReference {
    fileprivate var canonicalJSON: JSONText {
        switch self {
        case .swift(let name): .object(["swift": .string(name.text)])
        case .exec(let command): .object(["exec": .raw(.object(["command": .raw(.array(command.map { .string($0) }))]))])
        case .http(let call): .object(["http": .raw(call.canonicalJSON)])
        }
    }
}

extension HandlerReference.HTTPCall {
    fileprivate var canonicalJSON: JSONText {
        let fields = headers.sorted { $0.key < $1.key }.map { ($0.key, JSONText.Fragment.string($0.value)) }
        return .object(["method": .string(method), "url": .string(url), "headers": .raw(.object(fields))])
    }
}

extension RetryPolicy {
    fileprivate var canonicalJSON: JSONText {
        .object([
            "attempts": .integer(Int64(attempts)), "firstDelay": .integer(firstDelay.count), "factor": .number(factor),
            "maxDelay": .integer(maxDelay.count), "jitter": .string(jitter.rawValue),
        ])
    }
}

extension UnknownPolicy {
    /// The words of the format; what is asked stands under `probe`.
    enum Keyword: String, CaseIterable {
        case retry, probe, hold
    }

    fileprivate var keyword: Keyword {
        switch self {
        case .retry: .retry
        case .probe: .probe
        case .hold: .hold
        }
    }
}

extension UnknownPolicy.Probe {
    fileprivate var canonicalJSON: JSONText {
        .object(["handler": .raw(handler.canonicalJSON), "timeout": .integer(timeout.count)])
    }
}

extension Undo {
    fileprivate var canonicalJSON: JSONText.Fragment {
        switch self {
        case .none: return .string("none")
        case .pivot: return .string("pivot")
        case .handler(let compensation):
            var members: [(String, JSONText.Fragment)] = [("handler", .raw(compensation.handler.canonicalJSON))]
            if let queue = compensation.queue { members.append(("queue", .string(queue.text))) }
            members.append(("timeout", .integer(compensation.timeout.count)))
            members.append(("retry", .raw(compensation.retry.canonicalJSON)))
            return .raw(.object(members))
        }
    }
}

extension JSONText.Fragment {
    /// The shortest text that reads back as `double`; its name in quotes for what JSON has no number for, which no rule lets through.
    fileprivate static func number(_ double: Double) -> JSONText.Fragment {
        guard double.isFinite else { return .string("\(double)") }
        let text = "\(double)"
        return .raw(JSONText(trusted: text.hasSuffix(".0") ? String(text.dropLast(2)) : text))
    }
}
