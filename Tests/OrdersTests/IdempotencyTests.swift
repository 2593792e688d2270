import Foundation
import GRDB
import Orders
import Testing

@Suite("Every endpoint is idempotent by its key")
struct IdempotencyTests {
    static let services: [any StepService] = [Inventory(products: Product.samples), Payments(), Shipping()]

    @Test("the same key gives the very same answer and no second effect", arguments: ServiceName.allCases)
    func replays(name: ServiceName) async throws {
        try await withFolder { folder in
            let desk = try desk(name, in: folder)
            for undo in [false, true] {
                let answer = { (attempt: Int) in
                    let call = StepCall(.sample(), undo: undo, attempt: attempt)
                    return undo ? try await desk.ledger.undo(call) : try await desk.ledger.perform(call)
                }
                let first = try await answer(1)
                let second = try await answer(2)
                #expect(first.status == 200)
                #expect(!first.isReplay)
                #expect(second.isReplay)
                #expect(second.body == first.body)
                #expect(second.status == first.status)
            }
            let effects = ["inventory": "reservation", "payments": "payment", "shipping": "shipment"]
            let table = try #require(effects[name.rawValue])
            #expect(try await desk.count("SELECT COUNT(*) FROM \(table)") == 1)
        }
    }

    @Test("calls with one key that come at once have one effect and one answer", arguments: ServiceName.allCases)
    func concurrentCallsAreOne(name: ServiceName) async throws {
        try await withFolder { folder in
            let desk = try desk(name, in: folder)
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for attempt in 1...20 {
                    group.addTask { try await desk.ledger.perform(StepCall(.sample(), attempt: attempt)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.body)).count == 1)
            #expect(answers.filter { !$0.isReplay }.count == 1)
        }
    }

    @Test("a key that comes with another request is refused")
    func otherRequestIsRefused() async throws {
        try await withFolder { folder in
            let desk = try desk(.inventory, in: folder)
            _ = try await desk.ledger.perform(StepCall(.sample()))
            let other = try await desk.ledger.perform(
                StepCall(.sample(lines: [.init(productId: 42, quantity: 1, unitPrice: 1, discount: 0)]))
            )
            #expect(other.status == 422)
            #expect(other.problemName == "key-reused")
            #expect(try await desk.count("SELECT SUM(unitsAtStart - unitsInStock) FROM product") == 12)
        }
    }

    @Test("a refusal for good is replayed too, even when it could be granted by now")
    func refusalsAreReplayed() async throws {
        try await withFolder { folder in
            let desk = try desk(.inventory, in: folder)
            let greedy = Order.sample(1, lines: [.init(productId: 11, quantity: 20, unitPrice: 14, discount: 0)])
            _ = try await desk.ledger.perform(StepCall(.sample(), operation: "first"))
            let refused = try await desk.ledger.perform(StepCall(greedy, operation: "second"))
            _ = try await desk.ledger.undo(StepCall(.sample(), operation: "first", undo: true))
            let again = try await desk.ledger.perform(StepCall(greedy, operation: "second"))
            #expect(refused.status == 409)
            #expect(again.isReplay)
            #expect(again.body == refused.body)
        }
    }

    @Test("an epoch below the highest seen is refused, the same and higher ones are not", arguments: ServiceName.allCases)
    func staleEpochs(name: ServiceName) async throws {
        try await withFolder { folder in
            let desk = try desk(name, in: folder)
            let first = try await desk.ledger.perform(StepCall(.sample(), epoch: 1_790_000_000_000_000))
            let stale = try await desk.ledger.perform(StepCall(.sample(), epoch: 1_789_999_999_999_999))
            let same = try await desk.ledger.perform(StepCall(.sample(), epoch: 1_790_000_000_000_000))
            let higher = try await desk.ledger.perform(StepCall(.sample(), epoch: 1_790_000_000_000_007))
            let between = try await desk.ledger.perform(StepCall(.sample(), epoch: 1_790_000_000_000_006))
            #expect(stale.status == 409)
            #expect(stale.problemName == "stale-epoch")
            #expect(same.body == first.body)
            #expect(higher.body == first.body)
            #expect(between.problemName == "stale-epoch")
        }
    }

    @Test("a stale call has no effect even when no effect has happened yet")
    func staleEpochBeforeTheEffect() async throws {
        try await withFolder { folder in
            let desk = try desk(.payments, in: folder)
            // Divisible by 11: the call that has the higher epoch is told to come again, and charges nothing.
            let order = Order.sample(11)
            #expect(try await desk.ledger.perform(StepCall(order, epoch: 9)).status == 503)
            #expect(try await desk.ledger.perform(StepCall(order, epoch: 8)).problemName == "stale-epoch")
            #expect(try await desk.count("SELECT COUNT(*) FROM payment") == 0)
        }
    }

    @Test("undoing what never happened succeeds, and the late call is refused", arguments: ServiceName.allCases)
    func undoBeforeTheEffect(name: ServiceName) async throws {
        try await withFolder { folder in
            let desk = try desk(name, in: folder)
            let undone = try await desk.ledger.undo(StepCall(.sample(), undo: true))
            let late = try await desk.ledger.perform(StepCall(.sample()))
            let again = try await desk.ledger.undo(StepCall(.sample(), undo: true))
            #expect(undone.status == 200)
            #expect(undone.body.contains("false"))
            #expect(late.status == 409)
            #expect(late.problemName == "undone")
            #expect(again.body == undone.body)
            for table in ["reservation", "payment", "shipment"] where try await desk.has(table: table) {
                #expect(try await desk.count("SELECT COUNT(*) FROM \(table)") == 0)
            }
        }
    }

    @Test("after its undo a step's stored answer is not given out any more", arguments: ServiceName.allCases)
    func undoneAnswersAreGone(name: ServiceName) async throws {
        try await withFolder { folder in
            let desk = try desk(name, in: folder)
            #expect(try await desk.ledger.perform(StepCall(.sample())).status == 200)
            #expect(try await desk.ledger.undo(StepCall(.sample(), undo: true)).body.contains("true"))
            #expect(try await desk.ledger.perform(StepCall(.sample())).problemName == "undone")
        }
    }

    @Test("a key for the other endpoint is refused")
    func keysFitTheirEndpoint() async throws {
        try await withFolder { folder in
            let desk = try desk(.shipping, in: folder)
            #expect(try await desk.ledger.perform(StepCall(.sample(), undo: true)).problemName == "wrong-key")
            #expect(try await desk.ledger.undo(StepCall(.sample())).problemName == "wrong-key")
        }
    }

    @Test("answers survive a restart, and the stock is not filled up again")
    func survivesRestart() async throws {
        try await withFolder { folder in
            let before = try await desk(.inventory, in: folder).ledger.perform(StepCall(.sample()))
            let desk = try desk(.inventory, in: folder)
            let after = try await desk.ledger.perform(StepCall(.sample()))
            #expect(after.body == before.body)
            #expect(after.isReplay)
            #expect(try await desk.count("SELECT unitsInStock FROM product WHERE productId = 11") == 10)
        }
    }

    @Test("a commit is on disk before it is answered")
    func commitsAreDurable() async throws {
        try await withFolder { folder in
            let desk = try desk(.payments, in: folder)
            let level = try await desk.database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
            let mode = try await desk.database.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(level == 2)
            #expect(mode == "wal")
        }
    }

    private func desk(_ name: ServiceName, in folder: URL) throws -> Desk {
        try Desk(try #require(Self.services.first { $0.name == name }), in: folder)
    }
}

extension Answer {
    /// The end of the problem's type.
    var problemName: String? {
        guard let problem = try? JSONDecoder().decode(ProblemBody.self, from: Data(body.utf8)) else { return nil }
        return problem.type.hasPrefix(ProblemBody.base) ? String(problem.type.dropFirst(ProblemBody.base.count)) : nil
    }
}

extension Desk {
    func has(table: String) async throws -> Bool {
        try await database.read { try $0.tableExists(table) }
    }
}
