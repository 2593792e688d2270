import Crypto
import FoundationEssentials
import Stepstream

/// What a client wants submitted, read from a JSON object. Every fault is named at once, with a pointer to its place (RFC 6901).
struct SubmissionRequest {
    let type: Name
    let entry: DefinitionCatalog.Entry
    let input: JSONText
    let id: OperationID?
    let metadata: JSONText?
    let notBefore: Milliseconds?

    private static let members = ["type", "input", "id", "metadata", "notBefore"]

    init(_ node: JSONNode, catalog: DefinitionCatalog) throws(RequestProblem) {
        guard node.kind == .object else {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "", detail: "An object with \"type\" and \"input\" is wanted.")])
        }
        var faults: [RequestProblem.Fault] = []
        for member in node.members where !Self.members.contains(member.key) {
            faults.append(.init(pointer: "/" + member.key, detail: "Unknown member. Known are \(Self.members.joined(separator: ", "))."))
        }
        let known = catalog.types.map(\.text).joined(separator: ", ")
        let type = node.member("type")?.string.flatMap(Name.init)
        let entry = type.flatMap { catalog[$0] }
        if entry == nil { faults.append(.init(pointer: "/type", detail: "An operation type is wanted. Known are: \(known).")) }
        let input = node.member("input")
        if let schema = entry?.schema {
            let violations = input.map { schema.validate($0) } ?? []
            if input == nil { faults.append(.init(pointer: "/input", detail: "This operation type wants an input.")) }
            faults += violations.map { .init(pointer: "/input" + "\($0.pointer)", detail: $0.detail) }
        }
        var id: OperationID?
        if let member = node.member("id") {
            id = member.string.flatMap(OperationID.init)
            if id == nil { faults.append(.init(pointer: "/id", detail: Self.idRule)) }
        }
        let metadata = node.member("metadata")
        if let metadata, metadata.kind != .object { faults.append(.init(pointer: "/metadata", detail: "An object is wanted.")) }
        var notBefore: Milliseconds?
        if let member = node.member("notBefore") {
            notBefore = member.string.flatMap(Timestamp.parse)
            if notBefore == nil {
                faults.append(.init(pointer: "/notBefore", detail: "A time is wanted, as 2026-01-02T03:04:05Z (RFC 3339)."))
            }
        }
        guard faults.isEmpty, let type, let entry else { throw RequestProblem(.unprocessable, faults: faults) }
        self.type = type
        self.entry = entry
        self.input = input?.json ?? .null
        self.id = id
        self.metadata = metadata?.json
        self.notBefore = notBefore
    }

    static let idRule = "An ID is 1 to 128 of A-Z, a-z, 0-9, _ and -, and begins with a letter or digit."

    /// The digest of all that makes the request; the same ID with another digest is another request.
    var fingerprint: String {
        var hash = SHA256()
        for part in [type.text, input.text, metadata?.text ?? "", notBefore.map { String($0.count) } ?? ""] {
            // The length in front keeps two parts from running into one another.
            hash.update(data: Data("\(part.utf8.count):".utf8))
            hash.update(data: Data(part.utf8))
        }
        return hash.finalize().prefix(16).reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }
}
