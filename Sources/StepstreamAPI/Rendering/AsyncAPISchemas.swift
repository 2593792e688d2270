import Stepstream

/// The schemas of the messages that `AsyncAPIDocument` describes.
struct AsyncAPISchemas {
    let topology: Topology
    let catalog: DefinitionCatalog

    var members: AsyncAPIDocument.Members {
        var members: AsyncAPIDocument.Members = [("cloud-event", .raw(Self.cloudEvent))]
        for type in catalog.types {
            guard let entry = catalog[type] else { continue }
            let input = EmbeddedSchema(of: entry.definition)
            members.append(("submission.\(type)", .raw(submission(of: type, input: input))))
            if let input { members.append((input.name, .raw(input.json))) }
        }
        for publisher in Set(topology.queues.flatMap(\.publishers)).sorted() {
            members.append((publisher.message, .raw(entry(of: publisher))))
        }
        return members
    }

    /// An event of one kind.
    static func event(_ kind: Event.Kind) -> JSONText {
        let type = JSONText.object(["const": .string("stepstream.\(kind.rawValue)")])
        let own = JSONText.object(["properties": .raw(.object(["type": .raw(type)]))])
        return .object(["allOf": .raw(.array([.raw(.reference("#/components/schemas/cloud-event")), .raw(own)]))])
    }

    /// What a client sends; /openapi.json says the rest.
    private func submission(of type: Name, input: EmbeddedSchema?) -> JSONText {
        let properties = JSONText.object([
            "type": .raw(.object(["const": .string(type.text)])), "input": .raw(input?.reference ?? .emptyObject),
        ])
        let required: [JSONText.Fragment] = input == nil ? [.string("type")] : [.string("type"), .string("input")]
        return .object(["type": .string("object"), "required": .raw(.array(required)), "properties": .raw(properties)])
    }

    /// The fields of a stream's entry: the work only, for the operation has its input.
    private func entry(of publisher: Topology.Publisher) -> JSONText {
        let text = JSONText.object(["type": .string("string")])
        let properties: AsyncAPIDocument.Members = [
            ("operation", .raw(text)), ("step", .raw(.object(["const": .string(publisher.step.text)]))),
            ("direction", .raw(.object(["enum": .raw(.array([.string("forward"), .string("undo")]))]))), ("definition", .raw(text)),
        ]
        return .object([
            "type": .string("object"), "required": .raw(.array(properties.map { .string($0.0) })),
            "properties": .raw(.object(properties)), "x-operation-type": .string(publisher.type.text),
        ])
    }

    private static let cloudEvent: JSONText = {
        let text = JSONText.object(["type": .string("string")])
        let time = JSONText.object(["type": .string("string"), "format": .string("date-time")])
        let properties: AsyncAPIDocument.Members = [
            ("specversion", .raw(.object(["const": .string("1.0")]))), ("id", .raw(text)), ("source", .raw(text)), ("type", .raw(text)),
            ("subject", .raw(text)), ("time", .raw(time)), ("sequence", .raw(text)), ("data", .raw(.emptyObject)),
        ]
        return .object([
            "type": .string("object"), "description": .string("CloudEvents 1.0; traceparent only where the operation has a trace"),
            "required": .raw(.array(properties.map { .string($0.0) })),
            "properties": .raw(.object(properties + [("traceparent", .raw(text))])),
        ])
    }()
}
