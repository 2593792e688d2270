import Stepstream
import StepstreamStore

/// Operations of one asynchronous step with a Swift handler that does nothing: what remains is what we cost.
struct Workload: Sendable {
    static let handler: Name = "nothing"

    let definition: Definition
    let decisions: Decisions
    private let input: JSONText
    /// As long as the digest that the API makes of a request.
    private let fingerprint = String(repeating: "f", count: 32)

    init(inputBytes: Int, type: Name = "benchmark", steps: [Step] = [Step(name: "work", handler: .swift(Self.handler))]) throws {
        definition = Definition(type: type, steps: steps)
        guard let entry = try DefinitionCatalog([definition])[definition.type] else { throw Wrong("The definition is not in its catalog.") }
        decisions = Decisions(definition, version: entry.version)
        let frame = #"{"text":""}"#
        input = JSONText(trusted: #"{"text":""# + String(repeating: "x", count: inputBytes - frame.utf8.count) + #""}"#)
    }

    /// The input of every operation, as JSON.
    var inputText: String { input.text }

    /// What the API would hand to the store.
    func submission(_ id: OperationID) -> Submission {
        Submission(
            id: id,
            definition: definition,
            version: decisions.version,
            input: input,
            fingerprint: fingerprint,
            transition: decisions.submit(id, inline: false, recovery: 30_000)
        )
    }

    /// What a worker would hand to the store after the handler.
    func success(of lease: Lease, _ operation: Operation) -> Transition {
        decisions.settle(
            lease.message.work,
            of: operation,
            outcome: .succeeded(.emptyObject),
            in: SettleContext(inline: false, recovery: 30_000, random: 0)
        )
    }

    /// Submits `ids`, `inFlight` at a time, each on its own as requests come in.
    func submit(_ ids: [OperationID], to store: RedisStore, inFlight: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<inFlight {
                group.addTask {
                    for index in stride(from: lane, to: ids.count, by: inFlight) {
                        guard case .accepted = try await store.submit(submission(ids[index])) else {
                            throw Wrong("Operation \(ids[index]) was not accepted.")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Makes sure that what was measured is what was meant.
    func expectSuccess(of ids: [OperationID], in store: RedisStore) async throws {
        for start in stride(from: 0, to: ids.count, by: 500) {
            let part = Array(ids[start..<min(start + 500, ids.count)])
            for (id, operation) in zip(part, try await store.read(part)) where operation?.status != .succeeded {
                throw Wrong("Operation \(id) ended as \(operation.map { "\($0.status)" } ?? "nothing").")
            }
        }
    }

    /// What counted IDs begin with; twelve digits follow.
    static let prefix = "01900000-0000-7000-8000-"

    /// IDs counted up, the same each time.
    static func ids(_ count: Int, from first: Int) -> [OperationID] {
        (first..<(first + count)).compactMap { number in
            let digits = String(number)
            return OperationID(prefix + String(repeating: "0", count: 12 - digits.count) + digits)
        }
    }

    /// IDs as the API makes them.
    static func ids(_ count: Int) -> [OperationID] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in .timeOrdered(milliseconds: 1_800_000_000_000, using: &generator) }
    }
}

/// Something is not as the measurement needs it.
struct Wrong: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
