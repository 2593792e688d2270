/// What the laboratory reads of an operation's JSON.
struct OperationDocument: Decodable, Hashable {
    var status: String
    var phase: String
    var version: Int

    /// An operation that the program does not know.
    static let absent = OperationDocument(status: "Absent", phase: "-", version: 0)

    var words: String { "\(status) \(phase) \(version)" }
    var isEnded: Bool { ["Succeeded", "Failed", "Canceled"].contains(status) }
    var needsPerson: Bool { phase == "undo-failed" }
}
