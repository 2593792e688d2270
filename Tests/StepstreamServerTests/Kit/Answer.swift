import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import Stepstream
import StepstreamTesting
import Testing

/// What the server answered.
struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let body: String

    func json() throws -> JSONNode {
        try JSONNode.parse(body, maximumDepth: 64)
    }

    /// The name of the problem it is; checks that it is a whole one.
    func problem() throws -> String {
        #expect(headers["content-type"] == "application/problem+json")
        let json = try json()
        #expect(json.member("status")?.int64 == Int64(status))
        #expect(json["title"] != nil)
        let type = try #require(json["type"])
        #expect(type.hasPrefix("http://"))
        return String(try #require(type.split(separator: "/").last))
    }

    /// The pointers of the faults it names.
    func pointers() throws -> [String] {
        try json().member("errors")?.elements.compactMap { $0["pointer"] }.sorted() ?? []
    }
}

extension TestServer {
    func send(
        _ method: HTTPMethod,
        _ path: String,
        headers: [String: String] = [:],
        body: HTTPClientRequest.Body? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = body
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        var fields: [String: String] = [:]
        for field in response.headers { fields[field.name.lowercased()] = field.value }
        return Answer(status: Int(response.status.code), headers: fields, body: String(buffer: bytes))
    }

    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Answer {
        try await send(.GET, path, headers: headers)
    }

    func post(_ path: String, _ body: String, _ headers: [String: String] = [:]) async throws -> Answer {
        let type = headers.keys.contains { $0.lowercased() == "content-type" } ? [:] : ["Content-Type": "application/json"]
        return try await send(.POST, path, headers: headers.merging(type) { $1 }, body: .bytes(ByteBuffer(string: body)))
    }

    /// Submits an operation of `type`.
    func submit(_ type: String, input: String = "{}", _ headers: [String: String] = [:]) async throws -> Answer {
        try await post("/v1/operations", #"{"type":"\#(type)","input":\#(input)}"#, headers)
    }
}
