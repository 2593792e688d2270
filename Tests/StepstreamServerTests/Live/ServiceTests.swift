import NIOHTTP1
import Logging
import ServiceLifecycle
import Stepstream
import StepstreamServer
import StepstreamTesting
import Testing

@Suite("The service as a whole", .timeLimit(.minutes(2)))
struct ServiceTests {
    @Test("IDs are time-ordered, as many as asked for")
    func ids() async throws {
        try await TestServer.with { server in
            let one = try await server.send(.POST, "/v1/ids")
            #expect(try one.json().member("ids")?.count == 1)
            let many = try await server.post("/v1/ids", #"{"count":1000}"#)
            let ids = try #require(try many.json().member("ids")?.elements.compactMap(\.string))
            #expect(Set(ids).count == 1000)
            #expect(ids.allSatisfy { OperationID($0) != nil })
            #expect(try #require(one.json().member("ids")?.elements.first?.string).prefix(8) <= ids[999].prefix(8))
            for body in [#"{"count":0}"#, #"{"count":1001}"#, #"{"count":"1"}"#, #"{"count":1.5}"#] {
                #expect(try await server.post("/v1/ids", body).pointers() == ["/count"])
            }
            #expect(try await server.post("/v1/ids", #"{"counts":1}"#).pointers() == ["/counts"])
            #expect(try await server.post("/v1/ids", "[").status == 400)
        }
    }

    @Test("Definitions are shown with their versions and without what may be secret")
    func definitions() async throws {
        let call = HandlerReference.HTTPCall(url: "http://h/p?token=secret", headers: ["Authorization": "Bearer secret"])
        let open = Definition(
            type: "open",
            steps: [
                Step(name: "a", handler: .http(call)),
                Step(name: "b", handler: .exec(command: ["/bin/x", "--token", "secret"]), undo: .handler(.init(handler: .http(call)))),
            ]
        )
        try await TestServer.with([open, .mail]) { server in
            let list = try await server.get("/v1/definitions")
            #expect(try list.json().member("definitions")?.elements.map { $0.member("definition")?["type"] } == ["mail", "open"])
            let one = try await server.get("/v1/definitions/open")
            #expect(try one.json()["version"] == open.version.text)
            for answer in [list, one] {
                #expect(!answer.body.contains("secret"))
                #expect(answer.body.contains("http://h/p") && answer.body.contains("Authorization") && answer.body.contains("/bin/x"))
            }
            let tag = try #require(one.headers["etag"])
            #expect(try await server.get("/v1/definitions/open", ["If-None-Match": tag]).status == 304)
        }
    }

    @Test("Health and readiness")
    func health() async throws {
        try await TestServer.with { server in
            #expect(try await server.get("/healthz").status == 200)
            let ready = try await server.get("/readyz")
            let json = try ready.json()
            #expect(json.member("findings")?.elements.isEmpty == false)
            #expect(ready.status == (json.member("ready")?.bool == true ? 200 : 503))
        }
    }

    @Test("Without Redis: 503 with Retry-After and none of Redis's words, alive, and not ready")
    func withoutRedis() async throws {
        let redis = try await RedisServer.start()
        try await TestServer.with(redis: redis.url) { server in
            #expect(try await server.submit("mail", ["Operation-Id": "o"]).status == 202)
            await redis.kill9()
            for answer in [
                try await server.submit("mail"), try await server.get("/v1/operations/o"), try await server.get("/v1/operations"),
                try await server.send(.POST, "/v1/operations/o:cancel"), try await server.submit("mail", ["Idempotency-Key": "k"]),
            ] {
                #expect(answer.status == 503)
                #expect(try answer.problem() == "unavailable")
                #expect(answer.headers["retry-after"] == "1")
                #expect(!answer.body.lowercased().contains("redis"))
            }
            let items = try await server.post("/v1/operations:batch", #"{"operations":[{"type":"mail"}]}"#).json().member("items")
            #expect(items?.elements.first?.member("status")?.int64 == 503)
            #expect(try await server.get("/healthz").status == 200)
            // Asked for at most once a second: the answer of before is gone by now, or never was.
            #expect(try await server.get("/readyz").status == 503)
            // What needs no store is not held up.
            #expect(try await server.send(.POST, "/v1/ids").status == 200)
            #expect(try await server.post("/v1/operations", "{").status == 400)
        }
        await redis.stop()
    }

    @Test("As soon as Redis is back, requests are taken again")
    func redisBack() async throws {
        let redis = try await RedisServer.start()
        try await TestServer.with(redis: redis.url) { server in
            #expect(try await server.submit("mail", ["Operation-Id": "before"]).status == 202)
            await redis.kill9()
            #expect(try await server.submit("mail").status == 503)
            try await redis.restart()
            var answer = try await server.submit("mail", ["Operation-Id": "after"])
            while answer.status == 503 {
                await Task.yield()
                answer = try await server.submit("mail", ["Operation-Id": "after"])
            }
            #expect(answer.status == 202)
        }
        await redis.stop()
    }

    @Test("Two servers cannot have one port, and the second says what to do")
    func portInUse() async throws {
        try await TestServer.with { server in
            var configuration = ServerConfiguration()
            configuration.port = server.port
            let second = APIServer(
                configuration: configuration,
                store: server.store,
                catalog: DefinitionCatalog(),
                handlers: HandlerRegistry(),
                logger: .quiet
            )
            let error = await #expect(throws: (any Error).self) { try await second.run() }
            let words = "\(try #require(error))"
            #expect(words.contains("is in use"))
            #expect(await second.listeningPort() == nil)
        }
    }

    @Test("A graceful shutdown answers who waits, finishes requests, and hands back what runs too long")
    func shutdown() async throws {
        try await TestServer.withStore { store in
            let handlers = ActingHandlers()
            var configuration = ServerConfiguration()
            configuration.port = 0
            configuration.drainGrace = .milliseconds(50)
            configuration.inlineBudget = .seconds(60)
            let api = APIServer(
                configuration: configuration,
                store: store,
                catalog: try DefinitionCatalog([.mail, .quick]),
                handlers: handlers.registry,
                logger: .quiet
            )
            let group = ServiceGroup(configuration: .init(services: [.init(service: api)], logger: .quiet))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let server = TestServer(port: try #require(await api.listeningPort()), store: store, handlers: handlers)
                async let poll = server.submit("mail", ["Operation-Id": "m", "Prefer": "wait=60"])
                try await server.stored("m")
                async let slow = server.submit("quick", input: #"{"act":"hang"}"#, ["Operation-Id": "q"])
                try await handlers.signals.wait(for: "began", of: "q")
                await group.triggerGracefulShutdown()
                let polled = try await poll
                #expect(polled.status == 202)
                #expect(try polled.json()["status"] == "NotStarted")
                let released = try await slow
                #expect(released.status == 202)
                #expect(try released.json().step("check")["status"] == "Queued")
                #expect(try released.json().step("check").member("attempts")?.int64 == 0)
                try await tasks.waitForAll()
                // A worker takes it over.
                try await server.work(on: .quick, .succeeded(.null))
            }
        }
    }
}
