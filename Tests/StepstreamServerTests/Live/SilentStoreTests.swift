import RedisClient
import Stepstream
import StepstreamServer
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("A store that does not answer", .timeLimit(.minutes(1)))
struct SilentStoreTests {
    @Test("Requests that were on their way are told within seconds that nothing is known, later ones are refused at once, and all resumes")
    func silence() async throws {
        let redis = try await RedisServer.start()
        try await TestServer.with(redis: redis.url) { server in
            #expect(try await server.submit("mail", ["Operation-Id": "before"]).status == 202)
            redis.pause()
            let started = ContinuousClock.now
            let first = try await server.submit("mail", ["Operation-Id": "o"])
            #expect(first.status == 503)
            #expect(try first.json()["detail"]?.contains("unknown") == true)
            #expect(first.headers["retry-after"] != nil)
            // The time without an answer that it takes to know, and the looks between; less than a command's time limit of 5 s.
            #expect(started.duration(to: .now) < .seconds(3))
            let again = ContinuousClock.now
            #expect(try await server.submit("mail").status == 503)
            #expect(again.duration(to: .now) < .seconds(1))
            redis.resume()
            var answer = try await server.submit("mail", ["Operation-Id": "o"])
            while answer.status != 202 {
                #expect(answer.status == 503)
                answer = try await server.submit("mail", ["Operation-Id": "o"])
            }
            #expect(answer.headers["operation-id"] == "o")
        }
        await redis.stop()
    }

    @Test("A Redis that is full or without its replicas is told as 503 with Retry-After")
    func refusals() async throws {
        let redis = try await RedisServer.start()
        let client = RedisClient(try RedisConfiguration(url: redis.url), logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await TestServer.with(redis: redis.url) { server in
                #expect(try await server.submit("mail").status == 202)
                for (name, on, off) in [("maxmemory", "1", "0"), ("min-replicas-to-write", "1", "0")] {
                    _ = try await client.send(RedisCommand("CONFIG", "SET", name, on))
                    let started = ContinuousClock.now
                    let refused = try await server.submit("mail", ["Operation-Id": "refused-\(name)"])
                    #expect(refused.status == 503)
                    #expect(refused.headers["retry-after"] != nil)
                    #expect(try refused.json()["detail"]?.contains("Nothing was accepted") == true)
                    #expect(started.duration(to: .now) < .seconds(1))
                    _ = try await client.send(RedisCommand("CONFIG", "SET", name, off))
                    while try await server.submit("mail", ["Operation-Id": "refused-\(name)"]).status != 202 {}
                }
            }
            group.cancelAll()
        }
        await redis.stop()
    }
}
