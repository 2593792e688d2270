import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Resources", .redis)
struct ResourceTests {
    private let definition = Definition.chain("work")

    private func submit(_ test: TestStore, _ resources: [String], tenant: Name = Operation.defaultTenant) async throws -> Operation {
        var submission = test.submission(definition, id: .random())
        submission.resources = resources
        submission.tenant = tenant
        guard case .accepted(let operation) = try await test.store.submit(submission) else { throw Unexpected(what: "not accepted") }
        return operation
    }

    private func life(_ test: TestStore, _ key: String) async throws -> Int? {
        let name = Keys(namespace: test.namespace, partitions: 1).partition(0).resource(key, tenant: Operation.defaultTenant)
        return try await test.client.send(RedisCommand("PTTL", name)).integer
    }

    @Test("What was accepted is pending until it ends, whoever ends it; then it is what ended last, for as long as operations are kept")
    func pending() async throws {
        try await TestStore.run { test in
            let first = try await submit(test, ["order/42", "stock/7"])
            let second = try await submit(test, ["order/42"])
            var state = try await test.store.resource("order/42", of: Operation.defaultTenant)
            #expect(Set(state.pending.map(\.operation)) == [first.id, second.id])
            #expect(state.pending.first { $0.operation == first.id }?.since == first.createdAt)
            #expect(state.lastEnded == nil)
            #expect(try await life(test, "order/42") == -1)

            let (lease, begun) = try await test.begin(definition)
            #expect(begun.id == first.id)
            _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            state = try await test.store.resource("order/42", of: Operation.defaultTenant)
            #expect(state.pending.map(\.operation) == [second.id])
            let ended = try await test.current(first.id)
            #expect(
                state.lastEnded
                    == .init(operation: first.id, type: first.type, status: .succeeded, version: ended.version, time: ended.endedAt ?? 0)
            )
            #expect(try await life(test, "order/42") == -1)
            #expect(try await life(test, "stock/7") ?? 0 > 0)

            let cancel = try #require(Decisions(definition, version: definition.version).cancel(try await test.current(second.id)))
            _ = try await test.store.apply(cancel, to: try await test.current(second.id))
            state = try await test.store.resource("order/42", of: Operation.defaultTenant)
            #expect(state.pending.isEmpty)
            #expect(state.lastEnded?.operation == second.id)
            #expect(state.lastEnded?.status == .canceled)
            #expect(try await life(test, "order/42") ?? 0 > 0)
            #expect(try await life(test, "unheard of") == -2)
        }
    }

    @Test("Another tenant's resource of the same name is another resource, and partitions are put together")
    func scoped() async throws {
        try await TestStore.run(configure: { $0.partitions = 8 }) { test in
            var ids: Set<OperationID> = []
            for _ in 0..<20 { ids.insert(try await submit(test, ["a b/ü"]).id) }
            _ = try await submit(test, ["a b/ü"], tenant: "other")
            let state = try await test.store.resource("a b/ü", of: Operation.defaultTenant)
            #expect(Set(state.pending.map(\.operation)) == ids)
            #expect(state.pending.map(\.since.count) == state.pending.map(\.since.count).sorted())
            #expect(try await test.store.resource("a b/ü", of: "other").pending.count == 1)
        }
    }
}
