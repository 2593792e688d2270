import Logging
import RedisClient
import Stepstream

/// Accepts what replicas must have before the answer.
///
/// WAIT covers the writes of its own connection only, and stops all that comes after it there; so there is a connection for this alone,
/// made when it is first needed.
final class ReplicatedSubmitter: Sendable {
    typealias Item = (submission: SubmitItem, replicas: Int)

    /// How long replicas may take. A submission is to be answered within a second, a repetition included.
    private static let patience = Milliseconds(400)

    private let client: RedisClient
    private let batchers: [Batcher<Item, SubmitCode>]
    private let needed = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(_ configuration: RedisStore.Configuration, keys: Keys, like other: RedisClient, logger: Logger) {
        let client = RedisClient(other.configuration, logger: logger)
        self.client = client
        batchers = keys.all.map { partition in
            let call = SubmitCall(client: client, partition: partition, configuration: configuration)
            return Batcher(limit: 64, on: client.executor) { await Self.perform($0, call: call) }
        }
    }

    func submit(_ submission: SubmitItem, replicas: Int, partition: Int) async throws(StoreError) -> SubmitCode {
        needed.continuation.yield()
        return try await batchers[partition].call((submission, replicas))
    }

    /// Connects as soon as it is needed, and works until the task is canceled.
    func run() async throws {
        defer { for batcher in batchers { batcher.end() } }
        for await _ in needed.stream { return try await client.run() }
    }

    private static func perform(_ items: [Item], call: SubmitCall) async -> [Result<SubmitCode, StoreError>] {
        let command = call.command(for: items.map(\.submission))
        let wanted = items.map(\.replicas).max() ?? 0
        let wait = RedisCommand("WAIT", String(wanted), String(patience.count))
        do throws(StoreError) {
            let (reply, replicas) = try await send(command, wait: wait, over: call.client)
            return zip(call.decode(reply, for: items.count), items).map { result, item in
                guard replicas < item.replicas, case .success(let code) = result, code.isWritten else { return result }
                return .failure(tooFew(replicas, of: item.replicas))
            }
        } catch {
            return items.map { _ in .failure(error) }
        }
    }

    private static func send(
        _ command: RedisCommand,
        wait: RedisCommand,
        over client: RedisClient
    ) async throws(StoreError) -> (RedisReply, Int) {
        do throws(RedisError) {
            var replies = try await client.send([command, wait])
            if replies[0].error?.code == .noScript {
                replies = Array(try await client.send([Scripts.submit.loadCommand, command, wait]).dropFirst())
            }
            if let error = replies[0].error { throw error }
            if let error = replies[1].error { throw error }
            return (replies[0], replies[1].integer ?? 0)
        } catch {
            throw StoreError(error, doing: Scripts.submit.name)
        }
    }

    private static func tooFew(_ count: Int, of wanted: Int) -> StoreError {
        StoreError(
            .indeterminate,
            "\(count) of \(wanted) replicas confirmed the operation in time. It may exist; to submit it again under the same ID is harmless."
        )
    }
}

extension SubmitCode {
    /// Whether there is an operation that was or is now written.
    fileprivate var isWritten: Bool {
        switch self {
        case .accepted, .exists: true
        case .conflict, .unknownDefinition: false
        }
    }
}
