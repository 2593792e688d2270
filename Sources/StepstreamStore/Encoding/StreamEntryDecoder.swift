import RedisClient
import Stepstream

/// Reads the entries of one queue's stream: `operation`, `step`, `direction`, `definition`.
struct StreamEntryDecoder {
    let queue: Name
    /// What the last entry said. The next mostly says the same of another operation, and need not be checked and copied again.
    private var last: (work: Work, definition: DefinitionVersion)?

    init(queue: Name) {
        self.queue = queue
    }

    /// The message in `entry` (ID and fields); nil when it is not one, as for an entry that was deleted while pending.
    mutating func decode(_ entry: RedisReply) -> DeliveredMessage? {
        guard entry.count == 2, let id = entry[0].string, entry[1].count == 8 else { return nil }
        let fields = entry[1]
        guard fields[0].equals("operation"), let operation = fields[1].string.flatMap(OperationID.init),
            let (work, definition) = decode(step: fields[3], direction: fields[5], definition: fields[7])
        else { return nil }
        return DeliveredMessage(Message(operation: operation, work: work, queue: queue, definition: definition), entry: id)
    }

    /// When `entry` was added.
    static func time(of entry: RedisReply) -> Milliseconds? {
        entry[0].string?.split(separator: "-").first.flatMap { Int64($0) }.map { Milliseconds($0) }
    }

    private mutating func decode(step: RedisReply, direction: RedisReply, definition: RedisReply) -> (Work, DefinitionVersion)? {
        if let last, step.equals(last.work.step.text), definition.equals(last.definition.text),
            direction.equals(last.work.direction.rawValue)
        {
            return last
        }
        guard let name = step.string.flatMap(Name.init), let direction = direction.string.flatMap(Work.Direction.init(rawValue:)),
            let definition = definition.string.flatMap(DefinitionVersion.init)
        else { return nil }
        let read = (Work(direction, name), definition)
        last = read
        return read
    }
}
