import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Stepstream
import StepstreamServer
import StepstreamStore
import StepstreamTesting
import StepstreamWorker
import Testing

@Suite("Stepstream inside another program", .redis, .timeLimit(.minutes(1)))
struct EmbeddingTests {
    @Test("The README's Swift is the code that compiles here")
    func readme() throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let page = try String(contentsOf: here.appending(path: "../../README.md").standardized, encoding: .utf8)
        let shown = try #require(page.firstMatch(of: /```swift\n((?:.|\n)*?)```/)?.1)
        let source = try String(contentsOf: here.appending(path: "Thumbnails.swift"), encoding: .utf8)
        let compiled = try #require(source.firstMatch(of: /README begins\n((?:.|\n)*?) *\/\/ README ends/)?.1)
        #expect(compiled.split(separator: "\n").map { $0.dropFirst(4) } == shown.split(separator: "\n").map { $0[...] })
    }

    @Test("API, worker and a Swift handler in one process: submitted over HTTP, done, its result told")
    func oneProcess() async throws {
        let fixture = try #require(RedisFixture.current)
        let logger = Logger.quiet
        var keeping = RedisStore.Configuration()
        keeping.namespace = fixture.namespace
        let store = try RedisStore(url: fixture.url, configuration: keeping, logger: logger)
        let catalog = try DefinitionCatalog([Definition(type: "thumbnail", steps: [Step(name: "resize", handler: .swift("resize"))])])
        var handlers = HandlerRegistry()
        handlers.register("resize", input: Picture.self) { picture, context in try await resize(picture, key: context.idempotencyKey) }
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = APIServer(configuration: configuration, store: store, catalog: catalog, handlers: handlers, logger: logger)
        let worker = Worker(WorkerConfiguration(), store: store, handlers: handlers, logger: logger)
        let group = ServiceGroup(services: [store, worker, server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await server.listeningPort())
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/operations")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.headers.add(name: "Prefer", value: "wait=30")
            request.body = .bytes(ByteBuffer(string: #"{"type":"thumbnail","input":{"name":"cat"}}"#))
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(40))
            let body = try await answer.body.collect(upTo: 1 << 20)
            let operation = try JSONNode.parse(String(buffer: body))
            #expect(operation.member("status")?.string == "Succeeded")
            #expect(operation.member("result")?.member("width")?.int64 == 80)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
