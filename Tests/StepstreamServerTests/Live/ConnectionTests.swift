import StepstreamServer
import Stepstream
import Testing

@Suite("Connections that do not behave", .timeLimit(.minutes(2)))
struct ConnectionTests {
    private func expectRefused(_ answer: String, _ status: Int, _ problem: String, at place: SourceLocation = #_sourceLocation) {
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), sourceLocation: place)
        #expect(answer.lowercased().contains("content-type: application/problem+json"), sourceLocation: place)
        #expect(answer.lowercased().contains("connection: close"), sourceLocation: place)
        #expect(answer.contains("/problems/\(problem)\""), sourceLocation: place)
    }

    @Test("A head that does not end is refused when its time is over")
    func slowHead() async throws {
        try await TestServer.with(configure: { $0.headerDeadline = .milliseconds(100) }) { server in
            let answer = try await RawConnection.exchange(server.port, ["GET /healthz HTTP/1.1\r\nHost: h\r\nX-Slow: "])
            expectRefused(answer, 408, "request-timeout")
        }
    }

    @Test("A body that does not end is refused when its time is over, and nothing is accepted")
    func slowBody() async throws {
        try await TestServer.with(configure: { $0.requestDeadline = .milliseconds(100) }) { server in
            let head = "POST /v1/operations:batch HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-ndjson\r\nContent-Length: 500\r\n\r\n"
            let answer = try await RawConnection.exchange(server.port, [head, #"{"type":"mail","id":"o"}"# + "\n"])
            expectRefused(answer, 408, "request-timeout")
            #expect(try await server.get("/v1/operations/o").status == 404)
        }
    }

    @Test("A connection on which nothing comes is closed without a word")
    func silent() async throws {
        try await TestServer.with(configure: { $0.headerDeadline = .milliseconds(100) }) { server in
            try await #expect(RawConnection.exchange(server.port, []).isEmpty)
        }
    }

    @Test(
        "HEAD is answered without a body, problems too: the next answer begins behind the head",
        arguments: ["/nope", "/v1/operations/none"]
    )
    func head(path: String) async throws {
        try await TestServer.with(configure: { $0.idleTimeout = .milliseconds(100) }) { server in
            let requests = ["HEAD \(path)", "GET /healthz"].map { "\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }
            let answers = try await RawConnection.exchange(server.port, requests)
            #expect(answers.hasPrefix("HTTP/1.1 404 "))
            let end = try #require(answers.firstRange(of: "\r\n\r\n")).upperBound
            #expect(answers[end...].hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("A connection that falls silent after its answer is closed")
    func idle() async throws {
        try await TestServer.with(configure: { $0.idleTimeout = .milliseconds(100) }) { server in
            let answer = try await RawConnection.exchange(server.port, ["GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"])
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("Answering may take longer than asking")
    func patience() async throws {
        try await TestServer.with(configure: {
            $0.headerDeadline = .milliseconds(50)
            $0.requestDeadline = .milliseconds(50)
            $0.idleTimeout = .milliseconds(50)
        }) { server in
            _ = try await server.submit("mail", ["Operation-Id": "o"])
            let answer = try await server.get("/v1/operations/o?wait=1s")
            #expect(answer.status == 200)
        }
    }

    @Test("A head that is too large is 431: one field, all fields, or too many of them")
    func largeHead() async throws {
        try await TestServer.with { server in
            let long = "X-Long: " + String(repeating: "x", count: 17 << 10) + "\r\n"
            let some = (0..<20).map { "X-\($0): " + String(repeating: "x", count: 1000) + "\r\n" }.joined()
            let many = (0..<101).map { "X-\($0): x\r\n" }.joined()
            for fields in [long, some, many] {
                let answer = try await RawConnection.exchange(server.port, ["GET /healthz HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"])
                expectRefused(answer, 431, "head-too-large")
            }
            let target = "/healthz?" + String(repeating: "x", count: 20 << 10)
            let answer = try await RawConnection.exchange(server.port, ["GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n"])
            #expect(!answer.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(
        "What is not HTTP/1.1 is 400, once",
        arguments: [
            "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost : h\r\n\r\n",
            "POST /v1/ids HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /v1/ids HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "POST /v1/ids HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        ]
    )
    func garbage(bytes: String) async throws {
        try await TestServer.with { server in
            let answer = try await RawConnection.exchange(server.port, [bytes])
            expectRefused(answer, 400, "malformed")
            #expect(answer.matches(of: #/HTTP/1\.1 \d{3} /#).count == 1)
        }
    }

    @Test("A request that was answered before it had come is the last of its connection, and its answer arrives")
    func earlyAnswer() async throws {
        try await TestServer.with(configure: { $0.bodyLimit = 1000 }) { server in
            let head = "POST /v1/operations HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n"
            let answer = try await RawConnection.exchange(server.port, [head, String(repeating: "x", count: 2_000_000)])
            expectRefused(answer, 413, "too-large")
        }
    }

    @Test("Pipelined requests are answered in order")
    func pipelined() async throws {
        try await TestServer.with { server in
            let requests = ["/healthz", "/nowhere", "/v1/definitions/mail"].map { "GET \($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined()
            let last = "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
            let answer = try await RawConnection.exchange(server.port, [requests + last])
            let statuses = answer.matches(of: #/HTTP/1\.1 (\d{3}) /#).map(\.1)
            #expect(statuses == ["200", "404", "200", "200"])
        }
    }

    @Test("More connections than are served at once wait for their turn")
    func cap() async throws {
        try await TestServer.with(configure: { $0.connections = 2 }) { server in
            try await withThrowingTaskGroup(of: String.self) { group in
                let request = "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                for _ in 0..<20 { group.addTask { try await RawConnection.exchange(server.port, [request]) } }
                for try await answer in group { #expect(answer.hasPrefix("HTTP/1.1 200 ")) }
            }
        }
    }

    @Test("A long poll whose client hangs up ends at once and leaves the connection's place")
    func hangUp() async throws {
        try await TestServer.with(configure: { $0.connections = 1 }) { server in
            let submit = #"{"type":"mail","id":"o"}"#
            let accepted = try await RawConnection.exchange(
                server.port,
                [
                    "POST /v1/operations HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\n"
                        + "Content-Length: \(submit.utf8.count)\r\n\r\n\(submit)"
                ]
            )
            #expect(accepted.hasPrefix("HTTP/1.1 202 "))
            // Ends only because our side did: the operation never changes.
            let poll = "GET /v1/operations/o?wait=60s HTTP/1.1\r\nHost: h\r\n\r\n"
            let answer = try await RawConnection.exchange(server.port, [poll], closesOutput: true)
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
        }
    }
}
