import Foundation
import RedisClient

/// The least that a queue of jobs on Redis does, in plain C over hiredis and with none of our guarantees: no decision, no history, no lease,
/// no retry. A script call that stores three fields and publishes a message, XREADGROUP by 64, a script call that stores two fields,
/// acknowledges and deletes the message and publishes the news; pipelines of 64.
struct RawCycle: Sendable {
    let plan: Plan

    static let note = """

        The raw cycle is hiredis's blocking client: what a queue on Redis costs without decisions, history, leases and retries. Both sides of a ratio
        come from the same round.
        """

    private static let pipeline = 64
    private static let stream = "raw:work"
    private static let submit = """
        redis.call('HSET', KEYS[1], 'status', 'NotStarted', 'input', ARGV[1], 'created', ARGV[2])
        return redis.call('XADD', KEYS[2], '*', 'operation', KEYS[1])
        """
    private static let complete = """
        redis.call('HSET', KEYS[1], 'status', 'Succeeded', 'ended', ARGV[2])
        redis.call('XACK', KEYS[2], 'workers', ARGV[1])
        redis.call('XDEL', KEYS[2], ARGV[1])
        return redis.call('PUBLISH', 'raw:events', KEYS[1])
        """
    private static let time = "1767323045678"

    func round(into report: inout Report) async throws {
        let times = try await Stand.with { stand in
            let times = try await onThread { try cycle(over: RawConnection(socket: stand.socket)) }
            let left = try await stand.probe.send(RedisCommand("XLEN", Self.stream)).integer
            guard left == 0 else { throw Wrong("The raw cycle left \(left ?? -1) messages.") }
            return times
        }
        let (submitted, drained) = (Double(plan.operations) / times.submit.seconds, Double(plan.operations) / times.drain.seconds)
        let both = 1 / (1 / submitted + 1 / drained)
        report.add(submitted, .rawSubmitRate)
        report.add(drained, .rawDrainRate)
        report.add(both, .rawBothRate)
        if let own = report.last(.submitRate) { report.add(100 * own / submitted, .rawSubmitShare) }
        if let own = report.last(.drainRate) { report.add(100 * own / drained, .rawDrainShare) }
        if let own = report.last(.bothRate) { report.add(100 * own / both, .rawBothShare) }
    }

    private func cycle(over connection: RawConnection) throws -> (submit: Duration, drain: Duration) {
        let submit = try load(Self.submit, over: connection)
        let complete = try load(Self.complete, over: connection)
        connection.append(["XGROUP", "CREATE", Self.stream, "workers", "0", "MKSTREAM"])
        try connection.replies(1)
        let clock = ContinuousClock()
        return (
            try clock.measure { try submitAll(by: submit, over: connection) },
            try clock.measure { try drainAll(by: complete, over: connection) }
        )
    }

    private func load(_ script: String, over connection: RawConnection) throws -> String {
        connection.append(["SCRIPT", "LOAD", script])
        var digest = ""
        try connection.replies(1) { digest = RawConnection.text(of: $0) }
        return digest
    }

    private func submitAll(by script: String, over connection: RawConnection) throws {
        let input = String(repeating: "x", count: plan.inputBytes)
        for start in stride(from: 0, to: plan.operations, by: Self.pipeline) {
            let numbers = start..<min(start + Self.pipeline, plan.operations)
            for number in numbers { connection.append(["EVALSHA", script, "2", "raw:operation:\(number)", Self.stream, input, Self.time]) }
            try connection.replies(numbers.count)
        }
    }

    private func drainAll(by script: String, over connection: RawConnection) throws {
        var drained = 0
        while drained < plan.operations {
            connection.append(["XREADGROUP", "GROUP", "workers", "one", "COUNT", "\(Self.pipeline)", "STREAMS", Self.stream, ">"])
            var messages: [(id: String, operation: String)] = []
            try connection.replies(1) { reply in
                // One stream: its name and its messages, each an ID and the field with its value.
                for message in RawConnection.children(of: reply).flatMap({ RawConnection.children(of: RawConnection.children(of: $0)[1]) })
                {
                    let parts = RawConnection.children(of: message)
                    messages.append((RawConnection.text(of: parts[0]), RawConnection.text(of: RawConnection.children(of: parts[1])[1])))
                }
            }
            guard !messages.isEmpty else { throw Wrong("The raw cycle ran out of messages after \(drained).") }
            for message in messages { connection.append(["EVALSHA", script, "2", message.operation, Self.stream, message.id, Self.time]) }
            try connection.replies(messages.count)
            drained += messages.count
        }
    }

    /// Blocking calls have no place on the cooperative pool.
    private func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
