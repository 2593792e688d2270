import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Stepstream
import StepstreamTesting
import Testing

/// The HTTP side of a running server, as a consumer sees it.
struct API: Sendable {
    /// What the server answered.
    struct Answer: Sendable {
        let status: Int
        /// By lower-case name.
        let headers: [String: String]
        let body: String

        func json() throws -> JSONNode { try JSONNode.parse(body) }
    }

    let program: RunningProgram
    /// `http://127.0.0.1:port`
    let url: String

    /// Waits until `program` says where it listens.
    init(of program: RunningProgram) async throws {
        self.program = program
        let line = try await program.line(with: "127.0.0.1:")
        let port = try #require(line.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1, "No port in: \(line)")
        url = "http://127.0.0.1:\(port)"
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send(.GET, path, headers: headers)
    }

    func send(_ method: HTTPMethod, _ path: String, headers: [String: String] = [:], body: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            if headers["Content-Type"] == nil { request.headers.add(name: "Content-Type", value: "application/json") }
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + ", " + $1 }
        return Answer(status: Int(response.status.code), headers: headers, body: String(buffer: bytes))
    }

    /// Submits without any expectation.
    func post(_ type: String, input: String = "{}", headers: [String: String] = [:]) async throws -> Answer {
        try await send(.POST, "/v1/operations", headers: headers, body: #"{"type":"\#(type)","input":\#(input)}"#)
    }

    /// Submits an operation that must be accepted, and returns its ID.
    func submit(_ type: String, input: String = "{}", headers: [String: String] = [:]) async throws -> String {
        let answer = try await post(type, input: input, headers: headers)
        try #require(answer.status == 202, "\(answer.body)")
        return try #require(try answer.json().member("id")?.string)
    }

    /// The operation as it is now.
    func operation(_ id: String) async throws -> JSONNode {
        let answer = try await get("/v1/operations/\(id)")
        try #require(answer.status == 200, "\(answer.body)")
        return try answer.json()
    }

    /// Waits at the server until the operation is as wished; each request waits for the next change, so nothing is polled.
    func operation(_ id: String, until isMet: (JSONNode) throws -> Bool) async throws -> JSONNode {
        var answer = try await get("/v1/operations/\(id)")
        while true {
            if answer.status != 304 {
                try #require(answer.status == 200, "\(answer.body)")
                let operation = try answer.json()
                if try isMet(operation) { return operation }
                if ["Succeeded", "Failed", "Canceled"].contains(operation["status"]) {
                    Issue.record("The operation ended before it was as wished: \(answer.body)")
                    throw CancellationError()
                }
            }
            let tag = answer.headers["etag"] ?? ""
            answer = try await get("/v1/operations/\(id)?wait=20s", headers: ["If-None-Match": tag])
        }
    }

    /// Waits for the operation's end.
    func end(of id: String) async throws -> JSONNode {
        try await operation(id) { ["Succeeded", "Failed", "Canceled"].contains($0["status"]) }
    }

    /// Repeats a call until its answer is as wished. For what tells nobody outside when it happens: a server that finds its Redis again.
    func patiently(_ call: (API) async throws -> Answer, until isMet: (Answer) throws -> Bool) async throws -> Answer {
        while true {
            let answer = try await call(self)
            if try isMet(answer) { return answer }
            try Task.checkCancellation()
        }
    }
}
