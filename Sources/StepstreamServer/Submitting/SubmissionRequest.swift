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
    /// The members of a request that are known, each looked up once.
    private struct Members {
        let type: JSONNode?
        let input: JSONNode?
        let id: JSONNode?
        let metadata: JSONNode?
        let notBefore: JSONNode?
        let callback: JSONNode?
        let resources: JSONNode?
        /// How many there are: no name occurs twice, so that others are there only if this is not the number of all.
        let count: Int

        init(of node: JSONNode) {
            type = node.member("type")
            input = node.member("input")
            // Mostly that is all.
            guard node.count > (type == nil ? 0 : 1) + (input == nil ? 0 : 1) else {
                (id, metadata, notBefore, callback, resources) = (nil, nil, nil, nil, nil)
                count = node.count
                return
            }
            id = node.member("id")
            metadata = node.member("metadata")
            notBefore = node.member("notBefore")
            callback = node.member("callback")
            resources = node.member("resources")
            count = [type, input, id, metadata, notBefore, callback, resources].count { $0 != nil }
        }
    }

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
        let members = Members(of: node)
        var faults = members.count == node.count ? [] : Self.unknownMembers(of: node)
        let (type, entry) = Self.entry(members.type, catalog, &faults)
        let (input, metadata) = (members.input, members.metadata)
        if let entry { Self.check(input, entry, &faults) }
        let id = Self.id(members.id, &faults)
        let notBefore = Self.notBefore(members.notBefore, &faults)
        let callback = CallbackRequest.read(members.callback, callbacks, &faults)
        let resources = Self.resources(members.resources, &faults)
        if let metadata, metadata.kind != .object { faults.append(.init(pointer: "/metadata", detail: "An object is wanted.")) }
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
        node.members.filter { !members.contains($0.key) }.map { member in
            let pointer = "\(JSONPointer(tokens: [member.key]))"
            return .init(pointer: pointer, detail: "Unknown member. Known are \(members.joined(separator: ", ")).")
        }
    }

    private static func entry(
        _ member: JSONNode?,
        _ catalog: DefinitionCatalog,
        _ faults: inout [RequestProblem.Fault]
    ) -> (Name?, DefinitionCatalog.Entry?) {
        let type = member?.string.flatMap(Name.init)
        let entry = type.flatMap { catalog[$0] }
        if entry == nil {
            let known = catalog.types.isEmpty ? "none" : catalog.types.map(\.text).joined(separator: ", ")
            let words = member == nil ? "An operation type is wanted" : "There is no operation type of this name"
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

    private static func id(_ member: JSONNode?, _ faults: inout [RequestProblem.Fault]) -> OperationID? {
        guard let member else { return nil }
        let id = member.string.flatMap(OperationID.init)
        if id == nil { faults.append(.init(pointer: "/id", detail: idRule)) }
        return id
    }

    private static func resources(_ member: JSONNode?, _ faults: inout [RequestProblem.Fault]) -> [String] {
        guard let member else { return [] }
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

    private static func notBefore(_ member: JSONNode?, _ faults: inout [RequestProblem.Fault]) -> Milliseconds? {
        guard let member else { return nil }
        let time = member.string.flatMap(Timestamp.parse)
        if time.map({ $0.count < 0 }) ?? true {
            faults.append(.init(pointer: "/notBefore", detail: "A time is wanted, as 2026-01-02T03:04:05Z (RFC 3339)."))
        }
        return time
    }
}
