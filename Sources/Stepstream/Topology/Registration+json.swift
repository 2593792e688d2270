public import StepstreamJSON

extension Registration {
    /// The registration as JSON, as it is stored and shown.
    public var json: JSONText {
        .object([
            "process": .string(process), "role": .string(role.text), "software": .string(software), "host": .string(host),
            "pid": .integer(Int64(pid)), "since": .string(Timestamp.text(since)), "accepts": .bool(accepts),
            "definitions": .raw(.array(definitions.map { .raw($0.json) })), "consumer": consumer.map { .string($0) } ?? .null,
            "queues": .names(queues.map(\.text)), "handlers": .names(handlers.sorted().map(\.text)), "events": .names(events.map(\.wire)),
            "endpoints": .raw(.array(endpoints.map { .raw($0.json) })),
        ])
    }

    /// Reads what `json` wrote; nil when it is not of this form. Members that are unknown are left aside: a newer version may have them.
    public init?(json node: JSONNode) {
        guard let role = node.name("role"), let host = node.text("host"), let pid = node.member("pid")?.int64.flatMap(Int.init(exactly:)),
            let since = node.text("since").flatMap(Timestamp.parse), let process = node.text("process"),
            let software = node.text("software")
        else { return nil }
        self.init(role: role, software: software, host: host, pid: pid, since: since)
        self.process = process
        accepts = node.member("accepts")?.bool ?? false
        definitions = node.elements("definitions").compactMap(DeclaredDefinition.init(json:))
        consumer = node.text("consumer")
        queues = node.elements("queues").compactMap { $0.string.flatMap { Name($0) } }
        handlers = Set(node.elements("handlers").compactMap { $0.string.flatMap(HandlerName.init) })
        events = node.kinds("events")
        endpoints = node.elements("endpoints").compactMap(Endpoint.init(json:))
    }
}

extension Registration.Endpoint {
    var json: JSONText {
        .object(["name": .string(name.text), "origin": .string(origin), "events": .names(events.map(\.wire))])
    }

    fileprivate init?(json node: JSONNode) {
        guard let name = node.name("name"), let origin = node.text("origin") else { return nil }
        self.init(name: name, origin: origin, events: node.kinds("events"))
    }
}

extension DeclaredDefinition {
    var json: JSONText {
        .object([
            "type": .string(type.text), "version": .string(version.text), "steps": .raw(.array(steps.map { .raw($0.json) })),
        ])
    }

    fileprivate init?(json node: JSONNode) {
        guard let type = node.name("type"), let version = node.text("version").flatMap(DefinitionVersion.init) else { return nil }
        self.init(type: type, version: version, steps: node.elements("steps").compactMap(DeclaredStep.init(json:)))
    }
}

extension DeclaredStep {
    fileprivate var json: JSONText {
        .object([
            "name": .string(name.text), "mode": .string(mode.rawValue), "queue": .string(queue.text),
            "handlers": .names(handlers.sorted().map(\.text)), "undoQueue": undoQueue.map { .string($0.text) } ?? .null,
            "undoHandler": undoHandler.map { .string($0.text) } ?? .null,
        ])
    }

    fileprivate init?(json node: JSONNode) {
        guard let name = node.name("name"), let mode = node.text("mode").flatMap(Step.Mode.init), let queue = node.name("queue") else {
            return nil
        }
        let handlers = node.elements("handlers").compactMap { $0.string.flatMap(HandlerName.init) }
        self.init(name: name, mode: mode, queue: queue, handlers: Set(handlers))
        undoQueue = node.name("undoQueue")
        undoHandler = node.text("undoHandler").flatMap(HandlerName.init)
    }
}

extension JSONNode {
    fileprivate func text(_ key: String) -> String? { member(key)?.string }
    fileprivate func name(_ key: String) -> Name? { text(key).flatMap { Name($0) } }
    fileprivate func elements(_ key: String) -> [JSONNode] { member(key)?.elements ?? [] }
    fileprivate func kinds(_ key: String) -> [Event.Kind] { elements(key).compactMap { $0.string.flatMap(Event.Kind.init(wire:)) } }
}

extension JSONText.Fragment {
    /// An array of strings.
    static func names(_ texts: [String]) -> JSONText.Fragment { .raw(.array(texts.map { .string($0) })) }
}

extension Event.Kind {
    /// The type as it is on the wire.
    var wire: String { "stepstream." + rawValue }
}
