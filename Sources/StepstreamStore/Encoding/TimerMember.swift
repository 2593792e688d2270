import Stepstream

/// A timer's member in the sorted set: `<direction>:<queue>:<step>:<definition>:<operation>`. None of the parts can hold a colon.
struct TimerMember: Hashable {
    let message: Message

    init(_ message: Message) {
        self.message = message
    }

    init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, let direction = Work.Direction(rawValue: parts[0]), let queue = Name(parts[1]), let step = Name(parts[2]),
            let definition = DefinitionVersion(parts[3]), let operation = OperationID(parts[4])
        else { return nil }
        message = Message(operation: operation, work: Work(direction, step), queue: queue, definition: definition)
    }

    var text: String {
        Self.prefix(message.work, queue: message.queue, definition: message.definition) + message.operation.text
    }

    /// What stands before the operation's ID.
    static func prefix(_ work: Work, queue: Name, definition: DefinitionVersion) -> String {
        "\(work.direction.rawValue):\(queue):\(work.step):\(definition):"
    }
}
