import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Stepstream

/// What came of a request to a collector (OTLP, "OTLP/HTTP Response").
enum ExportAnswer: Sendable, Equatable {
    /// Taken, but for so many spans.
    case taken(rejected: Int)
    /// To be sent again, in the time that the collector names.
    case later(Duration?, String)
    /// Never to be sent again.
    case refused(String)

    /// The largest wait that a collector is granted.
    private static let longest: Int64 = 300

    init(_ response: HTTPClientResponse, body: ByteBuffer) {
        let words = "\(response.status)"
        switch response.status.code {
        case 200..<300: self = .taken(rejected: Self.rejected(body))
        case 429, 502, 503, 504:
            let seconds = response.headers.first(name: "retry-after").flatMap { Int64($0) }
            self = .later(seconds.map { .seconds(min(max(0, $0), Self.longest)) }, words)
        default: self = .refused(words)
        }
    }

    /// `partialSuccess.rejectedSpans`: what the collector has taken is not sent again (OTLP, "Partial Success").
    private static func rejected(_ body: ByteBuffer) -> Int {
        let answer: JSONNode
        do {
            answer = try JSONNode.parse(String(buffer: body))
        } catch {
            // An empty body or another encoding: taken all the same.
            return 0
        }
        let count = answer.member("partialSuccess")?.member("rejectedSpans")
        // A 64-bit number is text in the JSON of protobuf; either is to be read.
        return max(0, count?.string.flatMap { Int($0) } ?? count?.int64.map { Int($0) } ?? 0)
    }
}
