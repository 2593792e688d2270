import ChildProcesses
import Glibc
import Stepstream
import StepstreamTesting
import Testing

@Suite("Workers that die, stall or are asked to stop", .serialized, .timeLimit(.minutes(2)))
struct WorkerDeathTests {
    @Test("A step whose worker was killed is run by another one, under the same key and a higher epoch; no attempt is spent")
    func killed() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let handlers = installation.handlers
            handlers.plan("/work", .held(), .answer(body: #"{"by":"second"}"#))
            let api = try await installation.serve()
            let first = try await installation.work(slot: 1)
            let id = try await api.submit("work")
            try await handlers.wait("/work", count: 1)
            first.send(SIGKILL)
            #expect(try await first.ended() == .killed(signal: SIGKILL))

            _ = try await installation.work(slot: 2)
            let ended = try await api.end(of: id)
            #expect(ended["status"] == "Succeeded")
            #expect(ended.member("result")?["by"] == "second")
            let step = try ended.step("work")
            #expect(step.member("attempts")?.int64 == 1)
            // On a machine so busy that the second worker could not renew in time it counts as dead, too.
            let calls = handlers.calls("/work")
            #expect(step.member("crashes")?.int64 == Int64(calls.count - 1))
            #expect(calls.count >= 2)
            #expect(Set(calls.map(\.key)) == ["\"\(id)/work\""])
            #expect(try #require(calls[1].epoch) > #require(calls[0].epoch))
        }
    }

    @Test("A step that kills three workers is not tried a fourth time")
    func poison() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let handlers = installation.handlers
            handlers.plan("/work", .held())
            let api = try await installation.serve()
            let id = try await api.submit("work")
            for crash in 1...3 {
                let worker = try await installation.work(slot: crash)
                try await handlers.wait("/work", count: crash)
                worker.send(SIGKILL)
                try await worker.ended()
            }
            _ = try await installation.work(slot: 4)
            let ended = try await api.end(of: id)
            #expect(ended["status"] == "Failed")
            #expect(ended.member("error")?["type"]?.hasSuffix("/problems/poison-step") == true)
            #expect(try ended.step("work").member("crashes")?.int64 == 3)
            #expect(handlers.calls("/work").count == 3)
        }
    }

    @Test("A worker that stood still beyond its lease changes nothing when it wakes up")
    func stalled() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let handlers = installation.handlers
            handlers.plan("/work", .held(then: .answer(body: #"{"by":"sleeper"}"#)), .answer(body: #"{"by":"second"}"#))
            let api = try await installation.serve()
            let sleeper = try await installation.work(slot: 1)
            let id = try await api.submit("work")
            try await handlers.wait("/work", count: 1)
            sleeper.send(SIGSTOP)

            let second = try await installation.work(slot: 2)
            #expect(try await api.end(of: id).member("result")?["by"] == "second")
            let record = try await api.get("/v1/operations/\(id)")
            // The second one must not help the sleeper to its work below.
            second.send(SIGTERM)
            #expect(try await second.ended() == .exited(0))

            // The answer is there before the sleeper wakes up, so it goes on right into its commit.
            handlers.release("/work")
            sleeper.send(SIGCONT)
            try await sleeper.line(with: "operation=\(id)")
            let next = try await api.submit("work")
            #expect(try await api.end(of: next)["status"] == "Succeeded")

            let after = try await api.get("/v1/operations/\(id)")
            #expect(after.headers["etag"] == record.headers["etag"])
            #expect(after.body == record.body)
            let events = try await installation.eventKinds(of: id)
            #expect(events.count { $0 == "operation.succeeded" } == 1)
            #expect(events.count { $0 == "step.succeeded" } == 1)
        }
    }

    @Test("SIGTERM lets a running step finish, claims nothing more, and ends with 0")
    func drain() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let handlers = installation.handlers
            handlers.plan("/work", .held(then: .answer(body: #"{"by":"first"}"#)), .answer())
            let api = try await installation.serve()
            let worker = try await installation.work()
            let running = try await api.submit("work")
            try await handlers.wait("/work", count: 1)
            worker.send(SIGTERM)
            try await worker.line(with: "claims nothing more")
            let waiting = try await api.submit("work")
            handlers.release("/work")
            #expect(try await worker.ended() == .exited(0))

            let ended = try await api.operation(running)
            #expect(ended["status"] == "Succeeded")
            #expect(ended.member("result")?["by"] == "first")
            #expect(handlers.calls("/work").count == 1)
            #expect(try await api.operation(waiting)["status"] == "NotStarted")
        }
    }

    @Test("Without grace time a running step is handed back at once, and another worker takes it without a new attempt")
    func released() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let handlers = installation.handlers
            handlers.plan("/work", .held(), .answer())
            // So long a lease that only handing back lets the second worker have it.
            let settings = ["WORKER_LEASE": "10m", "WORKER_GRACE_TIME": "0s"]
            let api = try await installation.serve(settings)
            let first = try await installation.work(slot: 1, settings)
            let id = try await api.submit("work")
            try await handlers.wait("/work", count: 1)
            first.send(SIGTERM)
            #expect(try await first.ended() == .exited(0))

            _ = try await installation.work(slot: 2, settings)
            let ended = try await api.end(of: id)
            #expect(ended["status"] == "Succeeded")
            let step = try ended.step("work")
            #expect(step.member("attempts")?.int64 == 1)
            #expect(step.member("crashes")?.int64 ?? 0 == 0)
            #expect(handlers.calls("/work").map(\.key) == ["\"\(id)/work\"", "\"\(id)/work\""])
        }
    }

    @Test("The API process dies in the middle of a sync step: a worker finishes it, once")
    func serverKilled() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let handlers = installation.handlers
            handlers.plan("/reserve", .held(), .answer(body: #"{"by":"worker"}"#))
            let api = try await installation.serve()
            // Waited for below.
            let lost = Task { try await api.post("order", input: #"{"amount":1}"#, headers: ["Operation-Id": "sync-1"]) }
            try await handlers.wait("/reserve", count: 1)
            api.program.send(SIGKILL)
            try await api.program.ended()
            await #expect(throws: (any Error).self) { try await lost.value }

            _ = try await installation.work()
            let second = try await installation.serve()
            let ended = try await second.end(of: "sync-1")
            #expect(ended["status"] == "Succeeded")
            let reserve = handlers.calls("/reserve")
            #expect(reserve.count >= 2)
            #expect(Set(reserve.map(\.key)) == ["\"sync-1/reserve\""])
            #expect(try #require(reserve[1].epoch) > #require(reserve[0].epoch))
            #expect(handlers.calls("/charge").count == 1)
            #expect(try await installation.eventKinds(of: "sync-1").count { $0 == "operation.succeeded" } == 1)
            // The client that heard nothing asks again, and learns of the same operation.
            let again = try await second.post("order", input: #"{"amount":1}"#, headers: ["Operation-Id": "sync-1"])
            #expect(again.status == 202)
            #expect(try again.json()["status"] == "Succeeded")
            #expect(handlers.calls("/reserve").count == reserve.count)
        }
    }

    @Test("SIGTERM lets the server answer; the sync step that still runs is handed back, and a worker takes it without a new attempt")
    func serverDrain() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let handlers = installation.handlers
            handlers.plan("/reserve", .held(), .answer())
            // So long a lease that only handing back lets the worker have it.
            let api = try await installation.serve(["WORKER_LEASE": "10m"])
            // Waited for below.
            let answer = Task { try await api.post("order", input: #"{"amount":1}"#, headers: ["Operation-Id": "drain-1"]) }
            try await handlers.wait("/reserve", count: 1)
            api.program.send(SIGTERM)
            let accepted = try await answer.value
            #expect(accepted.status == 202)
            #expect(accepted.headers["operation-id"] == "drain-1")
            #expect(try await api.program.ended() == .exited(0))

            _ = try await installation.work()
            let second = try await installation.serve()
            let ended = try await second.end(of: "drain-1")
            #expect(ended["status"] == "Succeeded")
            #expect(try ended.step("reserve").member("attempts")?.int64 == 1)
            #expect(handlers.calls("/reserve").count == 2)
        }
    }
}
