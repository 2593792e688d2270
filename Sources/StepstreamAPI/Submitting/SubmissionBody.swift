import Stepstream

/// Reads the JSON object of a submission. Every fault is named at once, with a pointer to its place (RFC 6901).
enum SubmissionBody {
    static let idRule = "An ID is 1 to 128 of A-Z, a-z, 0-9, _ and -, and begins with a letter or digit."
    private static let members = ["type", "input", "id", "metadata", "notBefore", "callback", "resources"]

    /// The request in `node`; without `callbacks` none is accepted.
    ///
    /// - Throws: 422 with every fault.
    static func request(
        in node: JSONNode,
        catalog: DefinitionCatalog,
        callbacks: CallbackRules?
    ) throws(RequestProblem) -> SubmissionRequest {
        guard node.kind == .object else {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "", detail: "An object with \"type\" and \"input\" is expected.")])
        }
        let members = SubmissionMembers(of: node)
        var faults = members.count == node.count ? [] : unknownMembers(of: node)
        let entry = entry(of: members.type, from: catalog, into: &faults)
        if let entry { check(members.input, against: entry, into: &faults) }
        let id = id(members.id, into: &faults)
        let notBefore = notBefore(members.notBefore, into: &faults)
        let callback = CallbackRequest.read(members.callback, rules: callbacks, into: &faults)
        let resources = resources(members.resources, into: &faults)
        let metadata = members.metadata
        if let metadata, metadata.kind != .object { faults.append(.init(pointer: "/metadata", detail: "An object is expected.")) }
        guard faults.isEmpty, let entry else { throw RequestProblem(.unprocessable, faults: faults) }
        var request = SubmissionRequest(entry, input: members.input?.json ?? .null)
        request.id = id
        request.notBefore = notBefore
        request.callback = callback
        request.resources = resources
        request.metadata = metadata?.json
        return request
    }

    private static func unknownMembers(of node: JSONNode) -> [RequestProblem.Fault] {
        node.members.filter { !members.contains($0.key) }.map { member in
            let pointer = "\(JSONPointer(tokens: [member.key]))"
            return .init(pointer: pointer, detail: "Unknown member. Known are \(members.joined(separator: ", ")).")
        }
    }

    private static func entry(
        of member: JSONNode?,
        from catalog: DefinitionCatalog,
        into faults: inout [RequestProblem.Fault]
    ) -> DefinitionCatalog.Entry? {
        let type = member?.string.flatMap(Name.init)
        let entry = type.flatMap { catalog[$0] }
        if entry == nil {
            let known = catalog.types.isEmpty ? "none" : catalog.types.map(\.text).joined(separator: ", ")
            let words = member == nil ? "An operation type is expected" : "There is no operation type with this name"
            faults.append(.init(pointer: "/type", detail: "\(words). Known are: \(known)."))
        }
        return entry
    }

    private static func check(_ input: JSONNode?, against entry: DefinitionCatalog.Entry, into faults: inout [RequestProblem.Fault]) {
        guard let schema = entry.schema else { return }
        guard let input else {
            faults.append(.init(pointer: "/input", detail: "This operation type needs an input."))
            return
        }
        faults += schema.validate(input).map { .init(pointer: "/input\($0.pointer)", detail: $0.detail) }
    }

    private static func id(_ member: JSONNode?, into faults: inout [RequestProblem.Fault]) -> OperationID? {
        guard let member else { return nil }
        let id = member.string.flatMap(OperationID.init)
        if id == nil { faults.append(.init(pointer: "/id", detail: idRule)) }
        return id
    }

    private static func resources(_ member: JSONNode?, into faults: inout [RequestProblem.Fault]) -> [String] {
        guard let member else { return [] }
        let keys = member.elements.map(\.string)
        if member.kind != .array || keys.count > ResourceKey.most || Set(keys).count != keys.count {
            faults.append(.init(pointer: "/resources", detail: "A list of up to \(ResourceKey.most) different keys is expected."))
        }
        for (index, key) in keys.enumerated().prefix(ResourceKey.most) {
            guard let fault = key.map(ResourceKey.fault) ?? "A text is expected." else { continue }
            faults.append(.init(pointer: "/resources/\(index)", detail: fault))
        }
        return keys.compactMap(\.self)
    }

    private static func notBefore(_ member: JSONNode?, into faults: inout [RequestProblem.Fault]) -> Milliseconds? {
        guard let member else { return nil }
        let time = member.string.flatMap(Timestamp.parse)
        if time.map({ $0.count < 0 }) ?? true {
            faults.append(.init(pointer: "/notBefore", detail: "A time is expected, as 2026-01-02T03:04:05Z (RFC 3339)."))
        }
        return time
    }
}
