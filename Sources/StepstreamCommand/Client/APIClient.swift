import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Stepstream

/// Speaks HTTP with a server, for the client commands.
struct APIClient {
    /// A server's answer.
    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: String

        /// The body as JSON.
        func json() throws -> JSONNode {
            do {
                return try JSONNode.parse(body)
            } catch {
                throw ClientFailure("The response of the server (status \(status)) is not JSON. Is it a Stepstream server?")
            }
        }
    }

    let base: String
    private let http: HTTPClient

    /// Runs `body` with a client of the server at `base`.
    static func with<Result>(base: String, do body: (APIClient) async throws -> Result) async throws -> Result {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(75))
        )
        // A server that is not there is reported at once, not after ten seconds of trying.
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(APIClient(base: base, http: http))
            try await http.shutdown()
            return result
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    /// Sends a request. A server that cannot be reached is a failure in words.
    func send(
        _ method: HTTPMethod,
        at path: String,
        headers: [(String, String)] = [],
        body: Data? = nil,
        timeout: Duration = .seconds(70)
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await http.execute(request, timeout: .seconds(timeout.components.seconds))
            let bytes = try await response.body.collect(upTo: 64 << 20)
            let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
            return Answer(status: Int(response.status.code), headers: headers, body: String(buffer: bytes))
        } catch {
            throw unreachable(error)
        }
    }

    /// Opens a stream of events: its body where the answer is 200, else the answer with what it says.
    func stream(
        _ path: String,
        headers: [(String, String)]
    ) async throws -> (Answer, HTTPClientResponse.Body?) {
        var request = HTTPClientRequest(url: base + path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await http.execute(request, deadline: .distantFuture)
        let status = Int(response.status.code)
        if status == 200 { return (Answer(status: status, headers: [:], body: ""), response.body) }
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return (Answer(status: status, headers: [:], body: String(buffer: bytes)), nil)
    }

    /// The server cannot be reached because of `error`, in words.
    func unreachable(_ error: any Error) -> ClientFailure {
        ClientFailure(
            "The server at \(base) cannot be reached: \(Self.reason(error)). Is it running? Set another URL with --url or STEPSTREAM_URL."
        )
    }

    /// A refused or failed connection in the words of the system.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError: error.connectionErrors.first.map { reason($0.error) } ?? "no address found for \(error.host)"
        default: "\(error)"
        }
    }
}

/// Why a client command failed, in words.
struct ClientFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A problem document (RFC 9457) as words.
    init(_ answer: APIClient.Answer) {
        guard let problem = try? JSONNode.parse(answer.body), let title = problem.member("title")?.string else {
            self.init("The server answered \(answer.status).")
            return
        }
        var words = "\(answer.status) \(title)"
        if let detail = problem.member("detail")?.string { words += "\n\(detail)" }
        for fault in problem.member("errors")?.elements ?? [] {
            let pointer = fault.member("pointer")?.string ?? ""
            words += "\n  \(pointer.isEmpty ? "(whole document)" : pointer): \(fault.member("detail")?.string ?? "")"
        }
        self.init(words)
    }
}
