import Stepstream

/// The messages of an installation (AsyncAPI 3.0, https://www.asyncapi.com/docs/reference/specification/v3.0.0): what is submitted, what goes
/// through queues, and what is pushed. Made from the topology; where Redis has its own say, it stands under `x-redis-streams`.
struct AsyncAPIDocument {
    let topology: Topology
    let catalog: DefinitionCatalog
    /// What the service's URLs begin with.
    let base: String

    typealias Members = [(String, JSONText.Fragment)]

    var json: JSONText {
        .object([
            "asyncapi": .string("3.0.0"), "info": .raw(info), "defaultContentType": .string("application/json"), "servers": .raw(servers),
            "channels": .raw(.object(channels)), "operations": .raw(.object(operations)),
            "components": .raw(.object(["messages": .raw(.object(messages)), "schemas": .raw(.object(schemas))])),
        ])
    }

    private var info: JSONText {
        let words = "Who publishes and who consumes, as the processes that run now declare it."
        return .object(["title": .string("Stepstream"), "version": .string(Software.version), "description": .string(words)])
    }

    private var servers: JSONText {
        let parts = base.split(separator: "://", maxSplits: 1)
        let api = JSONText.object([
            "host": .string(parts.count == 2 ? String(parts[1]) : base), "protocol": .string(parts.first.map(String.init) ?? "http"),
            "description": .string("The API."),
        ])
        let redis = JSONText.object([
            "host": .string("redis"), "protocol": .string("redis"),
            "description": .string("The Redis that the processes are configured with."),
        ])
        return .object(["api": .raw(api), "redis": .raw(redis)])
    }

    // MARK: Channels

    private var channels: Members {
        var channels: Members = [
            ("submissions", .raw(channel("/v1/operations", server: "api", messages: catalog.types.map { "submission.\($0)" }))),
            ("events", .raw(events)),
        ]
        for queue in topology.queues { channels.append(("queue.\(queue.name)", .raw(channel(of: queue)))) }
        for endpoint in endpoints {
            let messages = endpoint.events.map { "event.\($0.rawValue)" }
            channels.append(("webhook.\(endpoint.name)", .raw(channel(endpoint.origin, server: nil, messages: messages))))
        }
        return channels
    }

    private var events: JSONText {
        let id = JSONText.object(["description": .string("The ID of an operation.")])
        var more: Members = [("parameters", .raw(.object(["id": .raw(id)])))]
        if let places = topology.places {
            let channels = places.events.map { JSONText.Fragment.string($0 + "<operation>") }
            more.append(("x-redis-streams", .raw(.object(["kind": .string("pubsub"), "channels": .raw(.array(channels))]))))
        }
        let messages = Event.Kind.allCases.map { "event.\($0.rawValue)" }
        return channel("/v1/operations/{id}/events", server: "api", messages: messages, adding: more)
    }

    private func channel(of queue: Topology.Queue) -> JSONText {
        var more: Members = []
        if let places = topology.places {
            let keys = places.queues.map { JSONText.Fragment.string($0 + queue.name.text) }
            let readers = queue.readers.map { JSONText.Fragment.string($0.name) }
            more.append(
                (
                    "x-redis-streams",
                    .raw(
                        .object([
                            "kind": .string("stream"), "keys": .raw(.array(keys)), "group": .string(places.group),
                            "consumers": .raw(.array(readers)), "length": .integer(Int64(queue.length)),
                            "pending": .integer(Int64(queue.pending)),
                        ])
                    )
                )
            )
        }
        return channel(queue.name.text, server: "redis", messages: queue.publishers.sorted().map(\.message), adding: more)
    }

    private func channel(_ address: String, server: String?, messages: [String], adding more: Members = []) -> JSONText {
        let references: Members = messages.map { ($0, .raw(.reference("#/components/messages/\($0)"))) }
        var members: Members = [("address", .string(address)), ("messages", .raw(.object(references)))]
        if let server { members.append(("servers", .raw(.array([.raw(.reference("#/servers/\(server)"))])))) }
        return .object(members + more)
    }

    // MARK: Operations

    private var operations: Members {
        var operations: Members = [
            (
                "accept",
                .raw(operation("receive", channel: "submissions", summary: "Takes submissions.", of: topology.processes.filter(\.accepts)))
            ),
            (
                "tell",
                .raw(
                    operation(
                        "send",
                        channel: "events",
                        summary: "Events of an operation.",
                        of: topology.processes.filter(\.accepts)
                    )
                )
            ),
        ]
        for queue in topology.queues {
            let publishers = topology.processes.filter { process in
                process.accepts && process.definitions.contains { type in queue.publishers.contains { $0.type == type.type } }
            }
            let consumers = topology.processes.filter { $0.queues.contains(queue.name) }
            let name = "queue.\(queue.name)"
            operations.append(
                (
                    "fill.\(queue.name)",
                    .raw(operation("send", channel: name, summary: "Asks for a step to be run or undone.", of: publishers))
                )
            )
            operations.append(
                ("work.\(queue.name)", .raw(operation("receive", channel: name, summary: "Runs or undoes the step.", of: consumers)))
            )
        }
        for endpoint in endpoints {
            let senders = topology.processes.filter { $0.endpoints.contains { $0.name == endpoint.name } }
            let words = "Delivers events as Standard Webhooks."
            operations.append(
                ("deliver.\(endpoint.name)", .raw(operation("send", channel: "webhook.\(endpoint.name)", summary: words, of: senders)))
            )
        }
        return operations
    }

    private func operation(_ action: String, channel: String, summary: String, of processes: [Registration]) -> JSONText {
        .object([
            "action": .string(action), "channel": .raw(.reference("#/channels/\(channel)")), "summary": .string(summary),
            "x-processes": .raw(.array(processes.map { .string($0.process) })),
        ])
    }

    private var endpoints: [Registration.Endpoint] {
        var endpoints: [Name: Registration.Endpoint] = [:]
        for process in topology.processes { for endpoint in process.endpoints { endpoints[endpoint.name] = endpoint } }
        return endpoints.values.sorted { $0.name < $1.name }
    }

    // MARK: Messages

    private var messages: Members {
        let steps = Set(topology.queues.flatMap(\.publishers)).sorted()
        let submissions: Members = catalog.types.map { type in
            ("submission.\(type)", .raw(message("A submission of \(type)", payload: .reference("#/components/schemas/submission.\(type)"))))
        }
        let works: Members = steps.map { publisher in
            let words = "Step \(publisher.step) of \(publisher.type) is to be run or undone"
            return (publisher.message, .raw(message(words, payload: .reference("#/components/schemas/\(publisher.message)"))))
        }
        let events: Members = Event.Kind.allCases.map { kind in
            ("event.\(kind.rawValue)", .raw(message("stepstream.\(kind.rawValue)", payload: AsyncAPISchemas.event(kind))))
        }
        return submissions + works + events
    }

    private func message(_ title: String, payload: JSONText) -> JSONText {
        .object(["title": .string(title), "payload": .raw(payload)])
    }

    private var schemas: Members {
        AsyncAPISchemas(topology: topology, catalog: catalog).members
    }
}

extension Topology.Publisher {
    /// The name of its messages.
    var message: String { "step.\(type).\(step)" }
}

extension JSONText {
    /// A reference to `place`.
    static func reference(_ place: String) -> JSONText { .object(["$ref": .string(place)]) }
}
