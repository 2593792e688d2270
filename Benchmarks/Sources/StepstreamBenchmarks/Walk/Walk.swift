import Glibc
import Stepstream
import StepstreamStore

/// The way of an operation through the store, in batches of one size: as full as the store makes them under load, or alone.
///
/// The same each time: IDs are counted up, and all calls of a batch are made before the first is answered. That holds as long as one thread
/// runs the tasks; with more of them a batch may be split in two.
struct Walk: Sendable {
    let stand: Stand
    let workload: Workload
    /// How many operations a call of the store has at most.
    let batch: Int

    /// The store's own limit of a batch.
    static let largestBatch = 64
    private static let warmUp = 512
    private static let consumer = "bench:0"
    /// Longer than the walk takes on a slow machine that counts every instruction.
    private static let lease: Milliseconds = 600_000

    /// What one phase leaves to the next.
    private struct Luggage: Sendable {
        var ids: [OperationID]
        var messages: [DeliveredMessage] = []
        var begun: [(Lease, Operation)] = []
    }

    @concurrent
    func go(_ operations: Int) async throws {
        let source = stand.store.messageSource(queues: [Step.defaultQueue], consumer: Self.consumer)
        var first = Luggage(ids: Workload.ids(Self.warmUp, from: operations))
        for phase in Phase.allCases { try await take(&first, through: phase, source) }
        var luggage = Luggage(ids: Workload.ids(operations, from: 0))
        for phase in Phase.allCases {
            try wait(saying: "ready \(phase.rawValue)")
            try await take(&luggage, through: phase, source)
            try wait(saying: "done \(phase.rawValue)")
        }
        await source.control.close()
        try await workload.expectSuccess(of: first.ids + luggage.ids, in: stand.store)
    }

    private func take(_ luggage: inout Luggage, through phase: Phase, _ source: MessageSource) async throws {
        switch phase {
        case .submit: try await submit(luggage.ids)
        case .claim:
            while luggage.messages.count < luggage.ids.count { luggage.messages += try await source.reader.next(limit: batch) }
        case .begin: luggage.begun = try await begin(luggage.messages)
        case .commit: try await commit(luggage.begun)
        }
    }

    private func submit(_ ids: [OperationID]) async throws {
        try await inBatches(of: ids) { id in
            guard case .accepted = try await stand.store.submit(workload.submission(id)) else {
                throw Wrong("Operation \(id) was not accepted.")
            }
        }
    }

    private func begin(_ messages: [DeliveredMessage]) async throws -> [(Lease, Operation)] {
        var begun: [(Lease, Operation)] = []
        for start in stride(from: 0, to: messages.count, by: batch) {
            let options = BeginOptions(
                consumer: Self.consumer,
                lease: Self.lease,
                definitions: [workload.decisions.version: workload.definition],
                call: String(0x1000_0000 + start, radix: 16)
            )
            for answer in try await stand.store.begin(Array(messages[start..<min(start + batch, messages.count)]), with: options) {
                guard case .begun(let lease, let operation) = answer else { throw Wrong("A message was not begun.") }
                begun.append((lease, operation))
            }
        }
        return begun
    }

    private func commit(_ begun: [(Lease, Operation)]) async throws {
        try await inBatches(of: begun) { lease, operation in
            guard case .applied = try await stand.store.commit(lease, of: operation, applying: workload.success(of: lease, operation))
            else {
                throw Wrong("Operation \(operation.id) was not committed.")
            }
        }
    }

    /// One batch after the other, the calls of each at once.
    private func inBatches<Item: Sendable>(of items: [Item], _ call: @escaping @Sendable (Item) async throws -> Void) async throws {
        for start in stride(from: 0, to: items.count, by: batch) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for item in items[start..<min(start + batch, items.count)] { group.addTask { try await call(item) } }
                try await group.waitForAll()
            }
        }
    }

    /// Blocks its thread, so that nothing else is done meanwhile.
    private func wait(saying line: String) throws {
        let text = line + "\n"
        guard Glibc.write(STDOUT_FILENO, text, text.utf8.count) == text.utf8.count else { throw Wrong("Standard output is closed.") }
        guard readLine() != nil else { throw Wrong("Standard input ended at \"\(line)\".") }
    }
}
