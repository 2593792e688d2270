import Stepstream

/// The deadline of an operation, as a member of the sorted set of timers: `deadline:<definition>:<operation>`.
struct DeadlineMember: Hashable {
    let operation: OperationID
    let definition: DefinitionVersion

    init(_ operation: OperationID, definition: DefinitionVersion) {
        self.operation = operation
        self.definition = definition
    }

    init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "deadline", let definition = DefinitionVersion(parts[1]), let operation = OperationID(parts[2])
        else { return nil }
        self.init(operation, definition: definition)
    }

    var text: String { "deadline:\(definition):\(operation)" }
}
