/// What one process says of itself: who it is, what it publishes and what it consumes. It holds no secret.
public struct Registration: Sendable, Hashable {
    /// Its name, of letters, digits and `. _ : -`; no two living processes have the same.
    public var process: String
    /// What it was started as (`serve`, `work`, `dev`, or a name of an embedder's own).
    public var role: Name
    /// The version of the software it runs.
    public var software: String
    /// The host it runs on.
    public var host: String
    /// Its number there.
    public var pid: Int
    /// Since when it runs, in Unix milliseconds.
    public var since: Milliseconds
    /// Whether operations are submitted to it.
    public var accepts: Bool
    /// The definitions it has.
    package var definitions: [DeclaredDefinition]
    /// The name of its consumer in the groups of its queues; nil: it consumes nothing.
    public var consumer: String?
    /// The queues it works on.
    public var queues: [Name]
    /// What it can run.
    package var handlers: Set<HandlerName>
    /// The kinds of events it appends to histories, and so publishes.
    public var events: [Event.Kind]
    /// The receivers of webhooks it delivers to.
    package var endpoints: [Endpoint]

    /// A receiver of webhooks.
    package struct Endpoint: Sendable, Hashable {
        /// Its name in the configuration.
        package var name: Name
        /// Scheme, host and port of its URL; what is behind them may be secret.
        package var origin: String
        /// The events that it receives.
        package var events: [Event.Kind]

        /// A receiver called `name` at `origin`.
        package init(name: Name, origin: String, events: [Event.Kind]) {
            self.name = name
            self.origin = origin
            self.events = events
        }

        /// What may be said of `endpoint`.
        package init(_ endpoint: WebhookEndpoint) {
            name = endpoint.name
            origin = endpoint.url.origin
            events = endpoint.events
        }
    }

    /// A process that says nothing yet of what it publishes and consumes.
    public init(role: Name, software: String? = nil, host: String, pid: Int, since: Milliseconds) {
        process = "\(role)-\(Self.bare(host))-\(pid)"
        self.role = role
        self.software = software ?? Software.version
        self.host = host
        self.pid = pid
        self.since = since
        accepts = false
        definitions = []
        queues = []
        handlers = []
        events = []
        endpoints = []
    }

    /// That operations of `catalog` are submitted to it.
    public mutating func accept(_ catalog: DefinitionCatalog) {
        accepts = true
        declare(catalog)
    }

    /// That it works on `queues` as `consumer`.
    public mutating func consume(_ queues: [Name], as consumer: String, having catalog: DefinitionCatalog) {
        self.consumer = consumer
        self.queues = Set(queues).sorted()
        declare(catalog)
    }

    /// That it can run what `registry` has.
    public mutating func run(_ registry: HandlerRegistry) {
        handlers = registry.handlerNames
    }

    private mutating func declare(_ catalog: DefinitionCatalog) {
        let more = catalog.types.compactMap { catalog[$0] }.map { DeclaredDefinition($0.definition, version: $0.version) }
        definitions = (definitions.filter { catalog[$0.type] == nil } + more).sorted { $0.type < $1.type }
        events = Event.Kind.allCases
    }

    private static func bare(_ host: String) -> String {
        let allowed = host.utf8.prefix(100).filter { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        return allowed.isEmpty ? "localhost" : String(decoding: allowed, as: UTF8.self)
    }
}

extension WebhookURL {
    /// Scheme, host and port: what may be shown of it.
    package var origin: String {
        let shown = address?.isVersion4 == false ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(shown):\(port)"
    }
}
