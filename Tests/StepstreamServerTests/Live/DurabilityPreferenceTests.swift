import Stepstream
@testable import StepstreamAPI
@testable import StepstreamDashboard
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
            #expect(try replicated.json()["detail"]?.contains("unknown") == true)
            #expect(try await server.submit("mail", ["Operation-Id": "copied"]).status == 202)
        }
        await redis.stop()
    }

    /// What is answered to a submission with this preference that was accepted at `fsync`.
    private func applied(_ preference: String) throws -> String? {
        let entry = try #require(try DefinitionCatalog([.order])["order"])
        var request = SubmissionRequest(entry, input: .emptyObject)
        request.durability = Preferences([preference]).durability
        let operation = Operation(id: .fresh(), type: "order", definition: entry.version, input: .emptyObject)
        let submitted = Submitter.Submitted(operation: operation, durability: request.durability.map { _ in Durability(.fsync) })
        return Preferences.applied(to: request, submitted: submitted)
    }

    @Test("Preferences are read, and what is applied is a token or a quoted string")
    func text() throws {
        #expect(Preferences(["durability=fsync"]).durability == Durability(.fsync))
        #expect(Preferences(["durability=bogus"]).durability == nil)
        #expect(Preferences(["wait=1, durability=\"replicated:2\""]).durability == Durability(replicas: 2))
        #expect(try applied("durability=replicated") == "durability=\"replicated:1\"")
        #expect(try applied("durability=memory") == "durability=fsync")
        #expect(try applied("") == nil)
    }
}
