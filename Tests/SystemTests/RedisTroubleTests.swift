import ChildProcesses
import Foundation
import Stepstream
import StepstreamTesting
import Testing

@Suite("Trouble with Redis", .serialized, .timeLimit(.minutes(2)))
struct RedisTroubleTests {
    @Test("A server starts without Redis, says so, refuses politely, and works as soon as Redis is there")
    func absentAtStart() async throws {
        let redis = try await RedisServer.start()
        await redis.kill9()
        try await Installation.with(definitions: ["work": Sample.work], redis: redis.url) { installation in
            // How long a request waits for Redis before it is refused.
            let api = try await installation.serve(["REDIS_COMMAND_TIMEOUT": "500ms"])
            let worker = try await installation.work()
            #expect(try await api.get("/healthz").status == 200)
            let unready = try await api.get("/readyz")
            #expect(unready.status == 503)
            #expect(unready.body.contains("Redis does not answer"))
            let refused = try await api.post("work")
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] != nil)
            #expect(refused.headers["content-type"] == "application/problem+json")

            try await redis.restart()
            let ready = try await api.patiently {
                try await $0.get("/readyz")
            } until: {
                $0.status == 200
            }
            #expect(try ready.json().member("ready")?.bool == true)
            let id = try await api.submit("work")
            #expect(try await api.end(of: id)["status"] == "Succeeded")
            #expect(worker.end == nil)
        }
        await redis.stop()
    }

    @Test("A wrong password is said to be one, and stands nowhere")
    func wrongPassword() async throws {
        let redis = try await RedisServer.start()
        try await Installation.with(definitions: ["work": Sample.work], redis: redis.url) { installation in
            _ = try await installation.redis("CONFIG", "SET", "requirepass", "the-right-one")
            let wrong = ["REDIS_URL": redis.url.replacing("unix://", with: "unix://:hunter2@")]
            let api = try await installation.serve(wrong)
            let unready = try await api.get("/readyz")
            #expect(unready.status == 503)
            let check = try await installation.run("check", settings: wrong)
            #expect(check.end == .exited(1))
            #expect(check.output.localizedCaseInsensitiveContains("password"))
            for text in [unready.body, check.output, check.errors, api.program.errors] { #expect(!text.contains("hunter2")) }
            // With the right one all is well.
            let right = ["REDIS_URL": redis.url.replacing("unix://", with: "unix://:the-right-one@")]
            let good = try await installation.run("check", settings: right)
            #expect(good.end == .exited(0))
            #expect(!(good.output + good.errors).contains("the-right-one"))
        }
        await redis.stop()
    }

    @Test("A Redis that may evict is not ready, and the words say what to set")
    func eviction() async throws {
        let redis = try await RedisServer.start(arguments: ["--maxmemory-policy", "allkeys-lru"])
        try await Installation.with(definitions: ["work": Sample.work], redis: redis.url) { installation in
            let api = try await installation.serve()
            let unready = try await api.get("/readyz")
            #expect(unready.status == 503)
            #expect(unready.body.contains("allkeys-lru"))
            #expect(unready.body.contains("maxmemory-policy noeviction"))
            let check = try await installation.run("check")
            #expect(check.end == .exited(1))
        }
        await redis.stop()
    }

    @Test("Redis killed and started again under load: everything that was accepted ends, nothing accepted is lost")
    func killedUnderLoad() async throws {
        let redis = try await RedisServer.start(arguments: ["--appendfsync", "always"])
        try await Installation.with(definitions: ["work": Sample.work], redis: redis.url) { installation in
            let api = try await installation.serve()
            for slot in 0..<2 { _ = try await installation.work(slot: slot) }
            let accepted = try await withThrowingTaskGroup(of: [String].self) { group in
                for client in 0..<8 { group.addTask { try await Self.submit(50, as: "load-\(client)", to: api) } }
                group.addTask {
                    // In the midst of it: some have been run, others wait or run.
                    try await installation.handlers.wait("/work", count: 40)
                    await redis.kill9()
                    try await redis.restart()
                    return []
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            // What came while Redis was away was refused; the service is back all the same.
            let last = try await api.patiently {
                try await $0.post("work", headers: ["Operation-Id": "load-last"])
            } until: {
                $0.status == 202
            }
            #expect(last.status == 202)
            let ids = accepted + ["load-last"]
            #expect(ids.count >= 40)
            for id in ids { #expect(try await api.end(of: id)["status"] == "Succeeded", "\(id)") }
        }
        await redis.stop()
    }

    /// Submits so many operations one after the other, and returns the IDs of those that were accepted; the others must be refused politely.
    private static func submit(_ count: Int, as name: String, to api: API) async throws -> [String] {
        var accepted: [String] = []
        for number in 0..<count {
            let id = "\(name)-\(number)"
            let answer = try await api.post("work", headers: ["Operation-Id": id])
            if answer.status == 202 {
                accepted.append(id)
            } else {
                #expect(answer.status == 503)
                #expect(answer.headers["retry-after"] != nil)
            }
        }
        return accepted
    }
}
