import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

/// What one call brings of each operation is read one behind the other: one that is refused must be passed over whole.
@Suite("Calls of operations that differ in everything, on a real Redis", .redis)
struct MixedBatchTests {
    private static let timed = Definition(type: "timed", deadline: 3_600_000, steps: [Step(name: "work", handler: .swift("work"))])

    private func rich(_ test: TestStore, _ number: Int) throws -> Submission {
        var submission = test.submission(Self.timed, id: .random(), input: "{\"number\":\(number)}")
        submission.callback = Callback(url: try WebhookURL("https://a.example/hook"), events: [.accepted, .succeeded])
        submission.resources = ["order/\(number)", "stock/\(number)"]
        submission.metadata = JSONText(trusted: "{\"note\":\(number)}")
        submission.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        submission.idempotencyKey = "key \(number)"
        return submission
    }

    private static func words(_ answers: [Result<SubmitCode, StoreError>]) -> [String] {
        answers.map { answer in
            switch answer {
            case .success(.accepted): "accepted"
            case .success(.exists): "exists"
            case .success(.conflict): "conflict"
            case .success(.unknownDefinition): "unknown"
            case .failure: "failed"
            }
        }
    }

    @Test("submissions: what is accepted is written whole, whatever is refused before it")
    func submissions() async throws {
        try await TestStore.run { test in
            let chain = Definition.chain("work")
            let known = try await test.submit(chain)
            _ = try await test.submit(Self.timed)
            var conflict = try rich(test, 1)
            conflict = Submission(
                id: known.id,
                definition: conflict.definition,
                version: conflict.version,
                input: conflict.input,
                fingerprint: "other",
                transition: Decisions(Self.timed, version: Self.timed.version).submit(known.id, inline: false, recovery: 1)
            )
            conflict.callback = try rich(test, 1).callback
            conflict.resources = ["order/9"]
            let unknown = Definition.chain("work", "never-stored")
            let plain = test.submission(chain, id: .random(), input: "{\"plain\":1}")
            var scheduled = test.submission(chain, id: .random())
            scheduled.notBefore = 9_000_000_000_000
            scheduled.transition = Decisions(chain, version: chain.version)
                .submit(scheduled.id, inline: false, recovery: 1, notBefore: scheduled.notBefore)
            let all = [
                conflict, try rich(test, 2), test.submission(unknown, id: .random()), plain, plain, scheduled, conflict, try rich(test, 3),
            ]
            let call = SubmitCall(client: test.client, partition: test.store.keys.partition(0), configuration: test.store.configuration)
            let words = await Self.words(call.perform(all.map(SubmitItem.init)))
            #expect(words == ["conflict", "accepted", "unknown", "accepted", "exists", "accepted", "conflict", "accepted"])
            for (submission, word) in zip(all, words) where word == "accepted" {
                let stored = try await test.current(submission.id)
                #expect(stored.input == submission.input && stored.fingerprint == submission.fingerprint)
                #expect(stored.callback == submission.callback && stored.resources == submission.resources)
                #expect(stored.metadata == submission.metadata && stored.traceparent == submission.traceparent)
                #expect(stored.notBefore == submission.notBefore && stored.version == 1 && stored.updatedAt == stored.createdAt)
            }
            #expect(try await test.current(known.id).input == known.input)
            #expect(try await test.store.resource("order/3", of: Operation.defaultTenant).pending.map(\.operation) == [all[7].id])
            #expect(try await test.store.resource("order/9", of: Operation.defaultTenant).pending.isEmpty)
            // Two ends of total times and one that is scheduled, beside that of the first of its kind.
            #expect(try await test.client.send(RedisCommand("ZCARD", test.namespace + ":{0}:timers")).integer == 4)
        }
    }

    @Test("submissions: an ID that comes twice in the call that brings it first is accepted once")
    func twice() async throws {
        try await TestStore.run { test in
            let chain = Definition.chain("work")
            _ = try await test.submit(chain)
            let first = test.submission(chain, id: .random(), input: "{\"first\":1}")
            let other = test.submission(chain, id: .random())
            let second = Submission(
                id: first.id,
                definition: chain,
                version: chain.version,
                input: JSONText(trusted: #"{"second":2}"#),
                fingerprint: "other",
                transition: first.transition
            )
            let call = SubmitCall(client: test.client, partition: test.store.keys.partition(0), configuration: test.store.configuration)
            let words = await Self.words(call.perform([first, other, first, second, first].map(SubmitItem.init)))
            #expect(words == ["accepted", "accepted", "exists", "conflict", "exists"])
            #expect(try await test.current(first.id).input == first.input)
            #expect(try await test.client.send(RedisCommand("XLEN", test.namespace + ":{0}:queue:default")).integer == 3)
        }
    }

    @Test("commits: what is applied is written whole, whatever is refused before it")
    func commits() async throws {
        try await TestStore.run { test in
            let decisions = Decisions(Self.timed, version: Self.timed.version)
            var leases: [(Lease, Operation)] = []
            for number in 0..<6 {
                _ = try await test.store.submit(number.isMultiple(of: 2) ? rich(test, number) : test.submission(Self.timed, id: .random()))
                leases.append(try await test.begin(Self.timed))
            }
            func item(_ number: Int, _ outcome: Outcome, epoch: Int64 = 0, version: Int = 0) -> CommitItem {
                var (lease, operation) = leases[number]
                lease.epoch = Epoch(lease.epoch.number + epoch)
                operation.version += version
                let transition = decisions.settle(lease.message.work, of: operation, outcome: outcome, in: SettleContext(random: 0))
                return CommitItem(lease: lease, operation: operation, transition: transition)
            }
            let problem = Problem(type: "/problems/out-of-stock", title: "Sold out")
            let call = CommitCall(client: test.client, partition: test.store.keys.partition(0), configuration: test.store.configuration)
            let answers = await call.perform([
                item(0, .failed(problem, retry: .byPolicy(after: nil)), epoch: 1), item(1, .succeeded(JSONText(trusted: "{\"one\":1}"))),
                item(2, .succeeded(JSONText(trusted: "{\"two\":2}")), version: 1), item(3, .failed(problem, retry: .byPolicy(after: nil))),
                item(4, .succeeded(JSONText(trusted: "{\"four\":4}"))), item(5, .failed(problem, retry: .never)),
            ])
            let words = answers.map { answer in
                switch answer {
                case .success(.applied): "applied"
                case .success(.changed): "changed"
                case .success(.lost): "lost"
                case .failure(let error): "\(error)"
                }
            }
            #expect(words == ["lost", "applied", "changed", "applied", "applied", "applied"])
            var states: [Operation] = []
            for (lease, _) in leases { states.append(try await test.current(lease.message.operation, withEvents: true)) }
            #expect(states.map(\.status) == [.running, .succeeded, .running, .running, .succeeded, .failed])
            #expect(states[1].result?.text == "{\"one\":1}" && states[4].result?.text == "{\"four\":4}")
            #expect(states[3].phase == .retrying && states[3].steps["work"]?.error != nil)
            for (number, answer) in answers.enumerated() {
                if case .success(.applied(let applied)) = answer { #expect(applied.version == states[number].version) }
            }
            for state in states { #expect(state.updatedAt == state.events.last?.time) }
            #expect(try await test.store.resource("order/4", of: Operation.defaultTenant).pending.isEmpty)
            #expect(try await test.store.resource("order/2", of: Operation.defaultTenant).pending.count == 1)
        }
    }

    @Test("lines of events as they were before are read")
    func formerLines() async throws {
        let line = #"{"sequence":3,"time":1767323045678,"type":"step.succeeded","data":{"step":"charge"}}"#
        let event = Event(sequence: 3, time: 1_767_323_045_678, kind: .stepSucceeded, data: JSONText(trusted: #"{"step":"charge"}"#))
        #expect(EventLine.decode(line) == event)
        #expect(EventLine.decode(line, sequence: 3) == event)
        #expect(EventLine.time(of: line) == event.time)
        #expect(EventLine.decode(#"3 1767323045678 step.succeeded {"step":"charge"}"#) == event)
        #expect(EventLine.events(in: line + "\n4 5 operation.succeeded")?.map(\.sequence) == [3, 4])
        #expect(EventLine.time(of: "1767323045678 operation.succeeded") == event.time)
        for broken in ["", "3", "3 x operation.succeeded", "3 5 nothing", "{}", "{"] {
            #expect(EventLine.decode(broken) == nil, "\(broken)")
        }
        try await TestStore.run { test in
            let accepted = try await test.submit(.chain("work"))
            let key = test.namespace + ":{0}:operation:\(accepted.id)"
            _ = try await test.client.send(RedisCommand("HSET", key, "event:3", line, "version", "3", "event:2", "unreadable"))
            #expect(try await test.current(accepted.id).updatedAt == max(accepted.createdAt, event.time))
            await #expect(throws: StoreError.self) { try await test.current(accepted.id, withEvents: true) }
        }
    }
}
