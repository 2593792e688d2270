import HTTPTypes
import Hummingbird
import Stepstream

/// `/v1/definitions`: what can be submitted.
struct DefinitionsRoutes: Sendable {
    private let catalog: DefinitionCatalog

    init(_ parts: APIParts) {
        catalog = parts.catalog
    }

    func add(to endpoints: inout Endpoints) {
        let documents = Dictionary(uniqueKeysWithValues: catalog.types.map { ($0, catalog[$0].map(Self.document) ?? .null) })
        let list = JSONText.object(["definitions": .raw(.array(catalog.types.compactMap { documents[$0].map { .raw($0) } }))])
        endpoints.on(.get, at: "/v1/definitions") { _, _ in .json(list) }
        endpoints.on(.get, at: "/v1/definitions/{type}") { request, context in
            let type = context.parameters.get("type").flatMap(Name.init)
            guard let type, let entry = catalog[type], let document = documents[type] else {
                throw RequestProblem(.notFound, "There is no operation type with this name.")
            }
            let tag = EntityTag(entry.version)
            let isKnown = request.headers[.ifNoneMatch].map { tag.isNamed(by: $0) } ?? false
            var response = isKnown ? Response(status: .notModified) : Response.json(document)
            response.headers[.eTag] = tag.text
            return response
        }
    }

    private static func document(_ entry: DefinitionCatalog.Entry) -> JSONText {
        .object(["version": .string(entry.version.text), "definition": .raw(entry.definition.withoutSecrets.canonicalJSON)])
    }
}

extension Definition {
    /// The definition without what may hold credentials: values of header fields, user information and queries of URLs, arguments of
    /// programs.
    var withoutSecrets: Definition {
        var definition = self
        definition.steps = steps.map { step in
            var step = step
            step.handler = step.handler.withoutSecrets
            if case .probe(var probe) = step.onUnknown {
                probe.handler = probe.handler.withoutSecrets
                step.onUnknown = .probe(probe)
            }
            if case .handler(var compensation) = step.undo {
                compensation.handler = compensation.handler.withoutSecrets
                step.undo = .handler(compensation)
            }
            return step
        }
        return definition
    }
}

extension HandlerReference {
    private static let hidden = "***"

    fileprivate var withoutSecrets: HandlerReference {
        switch self {
        case .swift: return self
        case .exec(let command):
            return .exec(command: command.prefix(1) + command.dropFirst().prefix(1).map { _ in Self.hidden })
        case .http(var call):
            call.headers = call.headers.mapValues { _ in Self.hidden }
            call.url = Self.bare(call.url)
            return .http(call)
        }
    }

    private static func bare(_ url: String) -> String {
        let parts = url.prefix { $0 != "?" }.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        // scheme:, nothing, authority, path
        guard parts.count >= 3, let host = parts[2].split(separator: "@", omittingEmptySubsequences: false).last else { return hidden }
        return ([parts[0], parts[1], host] + parts.dropFirst(3)).joined(separator: "/")
    }
}
