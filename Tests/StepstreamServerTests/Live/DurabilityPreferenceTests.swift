import Stepstream
@testable import StepstreamServer
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("Prefer: durability", .timeLimit(.minutes(1)))
struct DurabilityPreferenceTests {
    @Test("What was achieved is named; below what is preferred it is 503 and nothing is accepted")
    func preference() async throws {
        let redis = try await RedisServer.start(arguments: ["--appendfsync", "everysec"])
        try await TestServer.with(redis: redis.url) { server in
            let plain = try await server.submit("mail")
            #expect(plain.headers["preference-applied"] == nil)
            for wanted in ["memory", "\"aof\""] {
                let answer = try await server.submit("mail", ["Prefer": "durability=\(wanted), respond-async"])
                #expect(answer.status == 202)
                #expect(answer.headers["preference-applied"] == "durability=aof, respond-async")
            }
            let unmet = try await server.submit("mail", ["Prefer": "durability=fsync", "Operation-Id": "strict"])
            #expect(unmet.status == 503)
            #expect(try unmet.problem() == "unavailable")
            #expect(unmet.headers["retry-after"] != nil)
            #expect(try unmet.json()["detail"]?.contains("Nothing was accepted") == true)
            #expect(try await server.get("/v1/operations/strict").status == 404)

            let replicated = try await server.submit("mail", ["Prefer": "durability=\"replicated:1\"", "Operation-Id": "copied"])
            #expect(replicated.status == 503)
            #expect(try replicated.json()["detail"]?.contains("not known") == true)
            #expect(try await server.submit("mail", ["Operation-Id": "copied"]).status == 202)
        }
        await redis.stop()
    }

    @Test("Preferences are read, and what is applied is a token or a quoted string")
    func text() {
        #expect(Preferences(["durability=fsync"]).durability == Durability(.fsync))
        #expect(Preferences(["durability=bogus"]).durability == nil)
        #expect(Preferences(["wait=1, durability=\"replicated:2\""]).durability == Durability(replicas: 2))
        #expect(Preferences(["durability=replicated"]).applied(Durability(.fsync)) == "durability=\"replicated:1\"")
        #expect(Preferences(["durability=memory"]).applied(Durability(.fsync)) == "durability=fsync")
        #expect(Preferences([]).applied(Durability(.fsync)) == nil)
    }
}
