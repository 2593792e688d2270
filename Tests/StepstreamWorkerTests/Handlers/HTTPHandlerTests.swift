import AsyncHTTPClient
import Logging
import NIOHTTP1
import NIOPosix
import Rigging
import Stepstream
import StepstreamTesting
import StepstreamWorker
import Testing

@Suite("Handlers over HTTP", .timeLimit(.minutes(1)))
struct HTTPHandlerTests {
    /// Calls a service that answers with `answer`, and returns what came of it and what it received.
    private func call(
        _ answer: TestService.Answer,
        _ change: (inout HandlerReference.HTTPCall) -> Void = { _ in },
        direction: Work.Direction = .forward
    ) async throws -> (outcome: Outcome, requests: [TestService.Request]) {
        let service = try await TestService(answer)
        var call = HandlerReference.HTTPCall(url: service.url)
        change(&call)
        let outcome = try await run(.test(.http(call), direction: direction, traceparent: "00-ab-cd-01"))
        let requests = service.requests
        try await service.close()
        return (outcome, requests)
    }

    private func run(_ context: StepContext) async throws -> Outcome {
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            configuration: HTTPHandler.clientConfiguration(concurrency: 4)
        )
        let outcome = try await HTTPHandler(client: client, logger: .quiet).run(context)
        try await client.shutdown()
        return outcome
    }

    @Test("The request is what docs/handlers.md says")
    func request() async throws {
        let (outcome, requests) = try await call(.bytes(answer("200 OK", body: #" {"id": 9} "#))) { call in
            call.method = "PUT"
            call.headers = ["X-Extra": "e", "Idempotency-Key": "mine", "User-Agent": "shop"]
        }
        #expect(outcome == .succeeded(JSONText(trusted: #"{"id":9}"#)))
        let request = try #require(requests.first)
        #expect(requests.count == 1)
        #expect(request.head.method == .PUT)
        #expect(request.head.uri == "/step?x=1")
        let fields = request.head.headers
        #expect(fields["Idempotency-Key"] == [#""op-1/charge""#])
        #expect(fields["Stepstream-Attempt"] == ["2"])
        #expect(fields["Stepstream-Epoch"] == ["1234"])
        #expect(fields["traceparent"] == ["00-ab-cd-01"])
        #expect(fields["Content-Type"] == ["application/json"])
        #expect(fields["X-Extra"] == ["e"])
        #expect(fields["User-Agent"] == ["shop"])
        #expect(
            request.body
                == #"{"operation":"op-1","type":"place-order","step":"charge","action":"run","attempt":2,"input":{"order":7},"results":{"reserve":[1]}}"#
        )
    }

    @Test("An undo has a key of its own")
    func undo() async throws {
        let (_, requests) = try await call(.bytes(answer("204 No Content")), direction: .undo)
        #expect(requests.first?.head.headers["Idempotency-Key"] == [#""op-1/charge/undo""#])
        #expect(requests.first?.head.headers["User-Agent"] == ["stepstream"])
    }

    @Test("A probe asks under the key of the step itself")
    func probe() async throws {
        let service = try await TestService(.bytes(answer("404 Not Found")))
        var context = try StepContext.test(.http(.init(url: service.url)))
        context.isProbe = true
        #expect(try await run(context).problem?.status == 404)
        let request = try #require(service.requests.first)
        #expect(request.head.headers["Idempotency-Key"] == [#""op-1/charge""#])
        #expect(request.body.contains(#""action":"probe""#))
        try await service.close()
    }

    @Test("An empty answer is null", arguments: ["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
    func empty(bytes: String) async throws {
        #expect(try await call(.bytes(bytes)).outcome == .succeeded(.null))
    }

    @Test("A service that is busy is tried again", arguments: ["408 a", "425 a", "429 a", "500 a", "502 a", "503 a", "504 a"])
    func busy(status: String) async throws {
        let outcome = try await call(.bytes(answer(status, body: "no JSON"))).outcome
        #expect(outcome.kind == .failedByPolicy(after: nil))
        #expect(outcome.problem?.status.map(String.init) == String(status.prefix(3)))
        #expect(outcome.problem?.cause == nil)
    }

    @Test("Retry-After is honoured, in seconds and as a date by the service's clock")
    func retryAfter() async throws {
        let seconds = try await call(.bytes(answer("503 Busy", ["Retry-After: 7"]))).outcome
        #expect(seconds.kind == .failedByPolicy(after: 7000))
        let fields = ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:50:07 GMT"]
        #expect(try await call(.bytes(answer("429 Slow", fields))).outcome.kind == .failedByPolicy(after: 30_000))
    }

    @Test("A refusal is for good, and the service's problem is kept", arguments: ["400 a", "404 a", "409 a", "422 a"])
    func refused(status: String) async throws {
        let body = #"{"type": "/declined", "title": "Declined"}"#
        let outcome = try await call(.bytes(answer(status, ["Content-Type: application/problem+json"], body: body))).outcome
        #expect(outcome.kind == .failedForGood)
        #expect(outcome.problem?.status.map(String.init) == String(status.prefix(3)))
        #expect(outcome.problem?.cause?.text == #"{"type":"/declined","title":"Declined"}"#)
    }

    @Test(
        "A problem that is no object, no JSON or too large is not kept",
        arguments: ["[1]", "{", "\"" + String(repeating: "x", count: 20_000) + "\""]
    )
    func uselessProblem(body: String) async throws {
        let outcome = try await call(.bytes(answer("400 Bad", body: body))).outcome
        #expect(outcome.kind == .failedForGood)
        #expect(outcome.problem?.cause == nil)
    }

    @Test("A redirect is not followed and fails for good", arguments: ["301 a", "302 a", "303 a", "307 a", "308 a"])
    func redirect(status: String) async throws {
        let target = try await TestService(.bytes(answer("200 OK")))
        let (outcome, requests) = try await call(.bytes(answer(status, ["Location: \(target.url)"])))
        #expect(outcome.kind == .failedForGood)
        #expect(outcome.problem?.type == "/problems/handler-redirect")
        #expect(requests.count == 1)
        #expect(target.requests.isEmpty)
        try await target.close()
    }

    @Test("A 2xx whose body cannot be used is unknown: the work has been done", arguments: ["OK", "{", "{\"a\":1,\"a\":2}", "\u{1}"])
    func garbage(body: String) async throws {
        let outcome = try await call(.bytes(answer("200 OK", body: body))).outcome
        #expect(outcome.kind == .unknown)
        #expect(outcome.problem?.type == "/problems/handler-answer")
    }

    @Test("A body beyond 1 MiB is not taken, announced or not", arguments: [true, false])
    func oversize(isAnnounced: Bool) async throws {
        let body = "\"" + String(repeating: "x", count: HTTPHandler.bodyLimit) + "\""
        let bytes = isAnnounced ? answer("200 OK", body: body) : "HTTP/1.1 200 OK\r\n\r\n" + body
        let outcome = try await call(isAnnounced ? .bytes(bytes) : .bytesAndEnd(bytes)).outcome
        #expect(outcome.kind == .unknown)
        #expect(outcome.problem?.detail?.contains("1048576 bytes") == true)
    }

    @Test(
        "A connection cut after the request is unknown",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half", "HTTP/1.1 200 OK\r\nTransfer-Enc", "garbage\r\n\r\n"]
    )
    func cut(bytes: String) async throws {
        let (outcome, requests) = try await call(.bytesAndEnd(bytes))
        #expect(requests.count == 1)
        #expect(outcome.kind == .unknown)
        #expect(outcome.problem?.type == "/problems/handler-cut")
    }

    @Test("A service that does not answer in time is unknown")
    func hang() async throws {
        let service = try await TestService(.silence)
        let outcome = try await run(.test(.http(.init(url: service.url)), timeout: 300))
        #expect(service.requests.count == 1)
        #expect(outcome.kind == .unknown)
        #expect(outcome.problem?.type == "/problems/step-timeout")
        try await service.close()
    }

    @Test(
        "Cancellation ends a call, also in the middle of a body",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half"]
    )
    func canceled(bytes: String) async throws {
        let service = try await TestService(.bytes(bytes))
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { try await run(.test(.http(.init(url: service.url)))) }
            try await service.signals.wait(for: "request")
            group.cancelAll()
            #expect(try await group.next()?.kind == .unknown)
        }
        try await service.close()
    }

    @Test("When nothing was sent the step has certainly not been done")
    func unreachable() async throws {
        let closed = try BoundPort()
        let refused = try await run(.test(.http(.init(url: "http://127.0.0.1:\(closed.number)/"))))
        #expect(refused.kind == .failedByPolicy(after: nil))
        #expect(refused.problem?.detail == "It refused the connection. Nothing was sent.")
        let unnamed = try await run(.test(.http(.init(url: "http://no-such-service.invalid/"))))
        #expect(unnamed.kind == .failedByPolicy(after: nil))
        #expect(unnamed.problem?.detail?.contains("no-such-service") == false)
    }

    @Test("A failed TLS handshake is a step that was not done")
    func handshake() async throws {
        let service = try await TestService(.bytes(answer("200 OK")))
        let outcome = try await run(.test(.http(.init(url: "https://127.0.0.1:\(service.port)/"))))
        #expect(outcome.kind == .failedByPolicy(after: nil))
        #expect(outcome.problem?.detail == "The TLS handshake failed. Nothing was sent.")
        try await service.close()
    }

    @Test("A call that cannot be made fails for good", arguments: ["nonsense", "ftp://127.0.0.1/", "http://"])
    func wrongURL(url: String) async throws {
        #expect(try await run(.test(.http(.init(url: url)))).kind == .failedForGood)
    }

    @Test("A header field that would smuggle another one is refused")
    func smuggling() async throws {
        let (outcome, requests) = try await call(.bytes(answer("200 OK"))) { $0.headers = ["X-A": "b\r\nX-C: d"] }
        #expect(outcome.kind == .failedForGood)
        #expect(requests.isEmpty)
    }
}
