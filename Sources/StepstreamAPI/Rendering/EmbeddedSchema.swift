import Stepstream

/// The input schema of a definition as a part of another document, under `#/components/schemas/`: what its references are relative to.
struct EmbeddedSchema: Sendable {
    /// Its name among the schemas.
    let name: String
    /// The schema, its references leading to itself where it stands now.
    let json: JSONText

    /// Keywords whose values are data and no schemas.
    private static let data: Set = ["const", "enum", "default", "examples"]

    /// The schema of `definition`, which has been checked; nil when it takes anything.
    init?(of definition: Definition) {
        guard let schema = definition.inputSchema else { return nil }
        name = "input.\(definition.type)"
        do {
            json = Self.moved(try JSONNode.parse(schema.text, maximumDepth: 128), to: "#/components/schemas/\(name)")
        } catch {
            return nil
        }
    }

    /// A reference to it.
    var reference: JSONText { .object(["$ref": .string("#/components/schemas/\(name)")]) }

    private static func moved(_ node: JSONNode, to place: String) -> JSONText {
        switch node.value {
        case .object(let members):
            return .object(
                members.map { member in
                    if data.contains(member.key) { return (member.key, .raw(member.value.json)) }
                    if member.key == "$ref", let text = member.value.string, text.hasPrefix("#") {
                        return (member.key, .string(place + text.dropFirst()))
                    }
                    return (member.key, .raw(moved(member.value, to: place)))
                }
            )
        case .array(let elements): return .array(elements.map { .raw(moved($0, to: place)) })
        case .null, .bool, .number, .string: return node.json
        }
    }
}
