import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The history of one operation as Server-Sent Events, resumed without a gap wherever the connection breaks.
struct EventFeed {
    /// One event of the stream.
    struct Frame {
        var id = ""
        var event = "message"
        var data = ""
    }

    let client: APIClient
    let path: String
    /// How long the next try waits after a connection that broke.
    private static let pause = Duration.seconds(1)

    /// Calls `take` with each event until it returns true, or the server says that there are no more.
    ///
    /// - Parameters:
    ///   - interrupted: called with the reason when a connection broke and is opened again.
    ///   - take: what is done with an event; true: it was the last.
    /// - Throws: `ClientFailure` when the server refuses, or cannot be reached at the very first try.
    func follow(interrupted: (String) -> Void, take: (Frame) async throws -> Bool) async throws {
        var last: String?
        var hasConnected = false
        while !Task.isCancelled {
            var reason = "the stream ended"
            do {
                let (answer, lines) = try await client.stream(path, headers: last.map { [("Last-Event-ID", $0)] } ?? [])
                if answer.status == 204 { return }
                guard answer.status == 200, let lines else {
                    guard hasConnected, answer.status == 429 || answer.status >= 500 else { throw ClientFailure(answer) }
                    throw Interruption(words: "the server answered \(answer.status)")
                }
                hasConnected = true
                if try await read(lines, last: &last, take: take) { return }
            } catch let failure as ClientFailure {
                throw failure
            } catch {
                guard hasConnected else { throw client.unreachable(error) }
                reason = "\(error)"
            }
            interrupted(reason)
            try await Task.sleep(for: Self.pause)
        }
    }

    private struct Interruption: Error, CustomStringConvertible {
        let words: String
        var description: String { words }
    }

    /// Reads frames as WHATWG's "Server-sent events" has them; an incomplete one at the end does not count.
    private func read(_ body: HTTPClientResponse.Body, last: inout String?, take: (Frame) async throws -> Bool) async throws -> Bool {
        var buffer = ByteBuffer()
        var frame = Frame()
        for try await part in body {
            buffer.writeImmutableBuffer(part)
            while let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer.readString(length: end - buffer.readerIndex) ?? ""
                buffer.moveReaderIndex(forwardBy: 1)
                if !line.isEmpty {
                    Self.add(line, to: &frame)
                } else if !frame.data.isEmpty {
                    last = frame.id
                    if try await take(frame) { return true }
                    frame = Frame()
                }
            }
            buffer.discardReadBytes()
        }
        return false
    }

    private static func add(_ line: String, to frame: inout Frame) {
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return }
        let value = String(line[line.index(after: colon)...].drop { $0 == " " })
        switch line[..<colon] {
        case "id": frame.id = value
        case "event": frame.event = value
        case "data": frame.data += value
        default: return
        }
    }
}
