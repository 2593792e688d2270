import Stepstream

/// The description of the API (OpenAPI 3.1): the document in Description/openapi.json, with the input schemas of the definitions put in.
struct OpenAPIDocument: Sendable {
    let json: JSONText

    /// The embedded document as it stands in the repository.
    static let bare = JSONText(trusted: String(decoding: PackageResources.openapi_json, as: UTF8.self))

    /// The document for the types of `catalog`; the bare one where nothing can be submitted.
    init(_ catalog: DefinitionCatalog) {
        do {
            let document = try JSONNode.parse(Self.bare.text, maximumDepth: 64)
            json = catalog.types.isEmpty ? document.json : Self.filled(document, from: catalog)
        } catch {
            preconditionFailure("The embedded description is not JSON: \(error)")
        }
    }

    private static func filled(_ document: JSONNode, from catalog: DefinitionCatalog) -> JSONText {
        let submission = ["/v1/operations", "post", "requestBody", "content", "application/json"]
        return .object(
            document.members.map { member in
                switch member.key {
                // Its example is of a type that this service may not have.
                case "paths": (member.key, .raw(member.value.replacing(submission[...]) { $0.without("example") }))
                case "components": (member.key, .raw(member.value.replacing(["schemas"]) { schemas($0, from: catalog) }))
                default: (member.key, .raw(member.value.json))
                }
            }
        )
    }

    private static func schemas(_ schemas: JSONNode, from catalog: DefinitionCatalog) -> JSONText {
        guard let submission = schemas.member("Submission") else { return schemas.json }
        var members: [(String, JSONText.Fragment)] = []
        for member in schemas.members {
            members.append((member.key, .raw(member.key == "Submission" ? choice(catalog) : member.value.json)))
        }
        for type in catalog.types {
            guard let entry = catalog[type] else { continue }
            members.append(("submission.\(type)", .raw(variant(of: submission, entry: entry))))
            if let input = EmbeddedSchema(of: entry.definition) { members.append((input.name, .raw(input.json))) }
        }
        return .object(members)
    }

    private static func choice(_ catalog: DefinitionCatalog) -> JSONText {
        .object([
            "anyOf": .raw(
                .array(catalog.types.map { .raw(.object(["$ref": .string("#/components/schemas/submission.\($0)")])) })
            )
        ])
    }

    /// What a submission of one type looks like.
    private static func variant(of submission: JSONNode, entry: DefinitionCatalog.Entry) -> JSONText {
        let type = entry.definition.type
        let input = EmbeddedSchema(of: entry.definition)
        let members: [(String, JSONText.Fragment)] = submission.members.map { member in
            switch member.key {
            case "title": return ("title", .string(type.text))
            case "required" where input != nil: return ("required", .raw(.array([.string("type"), .string("input")])))
            case "properties":
                let properties: [(String, JSONText.Fragment)] = member.value.members.map { property in
                    switch property.key {
                    case "type": return ("type", .raw(.object(["const": .string(type.text)])))
                    case "input": return ("input", .raw(input?.reference ?? property.value.json))
                    default: return (property.key, .raw(property.value.json))
                    }
                }
                return ("properties", .raw(.object(properties)))
            default: return (member.key, .raw(member.value.json))
            }
        }
        return .object(members)
    }
}

extension JSONNode {
    /// The object with the value at `path` made anew.
    fileprivate func replacing(_ path: ArraySlice<String>, make: (JSONNode) -> JSONText) -> JSONText {
        guard let first = path.first else { return make(self) }
        return .object(members.map { ($0.key, .raw($0.key == first ? $0.value.replacing(path.dropFirst(), make: make) : $0.value.json)) })
    }

    /// The object without the member `name`.
    fileprivate func without(_ name: String) -> JSONText {
        .object(members.filter { $0.key != name }.map { ($0.key, .raw($0.value.json)) })
    }
}
