import Stepstream

/// What a client wants submitted, read from a JSON object. Every fault is named at once, with a pointer to its place (RFC 6901).
struct SubmissionRequest: Sendable {
    let type: Name
    let entry: DefinitionCatalog.Entry
    let input: JSONText
    let id: OperationID?
    let metadata: JSONText?
    let notBefore: Milliseconds?
    let callback: Callback?
    /// What the operation writes to.
    let resources: [String]
    /// The digest of all that makes the request; the same ID with another digest is another request. 32 hexadecimal digits of SHA-256.
    let fingerprint: String

    static let idRule = "An ID is 1 to 128 of A-Z, a-z, 0-9, _ and -, and begins with a letter or digit."
    private static let members = ["type", "input", "id", "metadata", "notBefore", "callback", "resources"]

    /// Reads `node`; without `callbacks` none is taken.
    ///
    /// - Throws: 422 with every fault.
    init(_ node: JSONNode, catalog: DefinitionCatalog, callbacks: CallbackRules?) throws(RequestProblem) {
        guard node.kind == .object else {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "", detail: "An object with \"type\" and \"input\" is wanted.")])
        }
        let (input, metadata) = (node.member("input"), node.member("metadata"))
        var faults: [RequestProblem.Fault] = []
        let (type, entry) = Self.entry(of: node, catalog, &faults)
        if let entry { Self.check(input, entry, &faults) }
        let id = Self.id(of: node, &faults)
        let notBefore = Self.notBefore(of: node, &faults)
        let callback = CallbackRequest.read(node.member("callback"), callbacks, &faults)
        let resources = Self.resources(of: node, &faults)
        if let metadata, metadata.kind != .object { faults.append(.init(pointer: "/metadata", detail: "An object is wanted.")) }
        faults.insert(contentsOf: Self.unknownMembers(of: node), at: 0)
        guard faults.isEmpty, let type, let entry else { throw RequestProblem(.unprocessable, faults: faults) }
        self.type = type
        self.entry = entry
        self.input = input?.json ?? .null
        self.id = id
        self.metadata = metadata?.json
        self.notBefore = notBefore
        self.callback = callback
        self.resources = resources
        var digest = RequestDigest()
        digest.add(type.text)
        digest.add(self.input.text)
        digest.add(self.metadata?.text ?? "")
        digest.add(notBefore.map { String($0.count) } ?? "")
        // Only where there are any: what was submitted before there were callbacks and resources keeps its digest.
        if let callback {
            digest.add("callback")
            digest.add(callback.url.text)
            for event in callback.events { digest.add(event.rawValue) }
        }
        if !resources.isEmpty {
            digest.add("resources")
            digest.add(JSONText.array(resources.map { .string($0) }).text)
        }
        fingerprint = digest.finish()
    }

    private static func unknownMembers(of node: JSONNode) -> [RequestProblem.Fault] {
        // No name occurs twice: when so many are known, all are.
        if members.count(where: { node.member($0) != nil }) == node.count { return [] }
        return node.members.filter { !members.contains($0.key) }.map { member in
            let pointer = "\(JSONPointer(tokens: [member.key]))"
            return .init(pointer: pointer, detail: "Unknown member. Known are \(members.joined(separator: ", ")).")
        }
    }

    private static func entry(
        of node: JSONNode,
        _ catalog: DefinitionCatalog,
        _ faults: inout [RequestProblem.Fault]
    ) -> (Name?, DefinitionCatalog.Entry?) {
        let type = node.member("type")?.string.flatMap(Name.init)
        let entry = type.flatMap { catalog[$0] }
        if entry == nil {
            let known = catalog.types.isEmpty ? "none" : catalog.types.map(\.text).joined(separator: ", ")
            let words = node.member("type") == nil ? "An operation type is wanted" : "There is no operation type of this name"
            faults.append(.init(pointer: "/type", detail: "\(words). Known are: \(known)."))
        }
        return (type, entry)
    }

    private static func check(_ input: JSONNode?, _ entry: DefinitionCatalog.Entry, _ faults: inout [RequestProblem.Fault]) {
        guard let schema = entry.schema else { return }
        guard let input else {
            faults.append(.init(pointer: "/input", detail: "This operation type wants an input."))
            return
        }
        faults += schema.validate(input).map { .init(pointer: "/input\($0.pointer)", detail: $0.detail) }
    }

    private static func id(of node: JSONNode, _ faults: inout [RequestProblem.Fault]) -> OperationID? {
        guard let member = node.member("id") else { return nil }
        let id = member.string.flatMap(OperationID.init)
        if id == nil { faults.append(.init(pointer: "/id", detail: idRule)) }
        return id
    }

    private static func resources(of node: JSONNode, _ faults: inout [RequestProblem.Fault]) -> [String] {
        guard let member = node.member("resources") else { return [] }
        let keys = member.elements.map(\.string)
        if member.kind != .array || keys.count > ResourceKey.most || Set(keys).count != keys.count {
            faults.append(.init(pointer: "/resources", detail: "A list of up to \(ResourceKey.most) different keys is wanted."))
        }
        for (index, key) in keys.enumerated().prefix(ResourceKey.most) {
            guard let fault = key.map(ResourceKey.fault) ?? "A text is wanted." else { continue }
            faults.append(.init(pointer: "/resources/\(index)", detail: fault))
        }
        return keys.compactMap(\.self)
    }

    private static func notBefore(of node: JSONNode, _ faults: inout [RequestProblem.Fault]) -> Milliseconds? {
        guard let member = node.member("notBefore") else { return nil }
        let time = member.string.flatMap(Timestamp.parse)
        if time.map({ $0.count < 0 }) ?? true {
            faults.append(.init(pointer: "/notBefore", detail: "A time is wanted, as 2026-01-02T03:04:05Z (RFC 3339)."))
        }
        return time
    }
}
