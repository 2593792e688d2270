import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Stepstream

/// A client of Server-Sent Events, as the standard reads them: fields by line, an empty line dispatches.
struct EventSource {
    struct Frame: Sendable {
        var id: String
        var event: String
        var data: String

        func json() throws -> JSONNode { try JSONNode.parse(data, maximumDepth: 64) }
    }

    let status: Int
    let headers: [String: String]
    private(set) var comments: [String] = []
    private var body: HTTPClientResponse.Body.AsyncIterator
    private var buffer = ByteBuffer()

    init(_ url: String, _ headers: [String: String] = [:]) async throws {
        var request = HTTPClientRequest(url: url)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        status = Int(response.status.code)
        self.headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        body = response.body.makeAsyncIterator()
    }

    /// The next frame; nil when the server has ended the stream.
    @concurrent
    mutating func next() async throws -> Frame? {
        var frame = Frame(id: "", event: "message", data: "")
        while let line = try await line() {
            if line.isEmpty {
                if !frame.data.isEmpty { return frame }
                frame = Frame(id: "", event: "message", data: "")
            } else if line.hasPrefix(":") {
                comments.append(String(line.dropFirst().drop { $0 == " " }))
            } else if let colon = line.firstIndex(of: ":") {
                let value = String(line[line.index(after: colon)...].drop { $0 == " " })
                switch line[..<colon] {
                case "id": frame.id = value
                case "event": frame.event = value
                case "data": frame.data += (frame.data.isEmpty ? "" : "\n") + value
                default: break
                }
            }
        }
        return nil
    }

    @concurrent
    private mutating func line() async throws -> String? {
        while true {
            if let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer.readString(length: end - buffer.readerIndex)
                buffer.moveReaderIndex(forwardBy: 1)
                return line
            }
            guard var part = try await body.next() else { return nil }
            buffer.writeBuffer(&part)
        }
    }
}
