import Crypto
import FoundationEssentials
import HTTPTypes
import Stepstream

/// The opening handshake of a WebSocket (RFC 6455 §4.2): what is wrong with a request, or what it is answered.
struct WebSocketHandshake {
    /// The subprotocol: CloudEvents in JSON, one a message (CloudEvents WebSockets binding §3.1).
    static let subprotocol = "cloudevents.json"

    private let key: String
    private let isSubprotocolOffered: Bool

    /// Whether `request` asks for a WebSocket.
    static func isWanted(by fields: HTTPFields) -> Bool {
        tokens(fields[values: .upgrade]).contains { $0.lowercased() == "websocket" }
            && tokens(fields[values: .connection]).contains { $0.lowercased() == "upgrade" }
    }

    /// Reads the fields of a request for which `isWanted` holds.
    ///
    /// - Throws: 400.
    init(_ fields: HTTPFields) throws(RequestProblem) {
        guard fields[values: .secWebSocketVersion] == ["13"] else {
            var problem = RequestProblem(.malformed, "Sec-WebSocket-Version: 13 is expected.")
            problem.headers.append((.secWebSocketVersion, "13"))
            throw problem
        }
        let keys = fields[values: .secWebSocketKey]
        guard keys.count == 1, Data(base64Encoded: keys[0])?.count == 16 else {
            throw RequestProblem(.malformed, "Sec-WebSocket-Key must be 16 bytes in base64.")
        }
        key = keys[0]
        let offered = Self.tokens(fields[values: .secWebSocketProtocol])
        isSubprotocolOffered = offered.contains(Self.subprotocol)
        guard offered.isEmpty || isSubprotocolOffered else {
            throw RequestProblem(.malformed, "The only supported subprotocol is \(Self.subprotocol).")
        }
    }

    /// The fields of the answer 101. No extension is ever taken, so nothing is compressed.
    var answer: HTTPFields {
        // SHA-1 because the standard says so; nothing secret rests on it.
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        var fields: HTTPFields = [
            .upgrade: "websocket", .connection: "Upgrade", .secWebSocketAccept: Data(digest).base64EncodedString(),
        ]
        if isSubprotocolOffered { fields[.secWebSocketProtocol] = Self.subprotocol }
        return fields
    }

    private static func tokens(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",") }.map { String($0.drop { $0 == " " || $0 == "\t" }) }.map { text in
            var text = text
            while text.last == " " || text.last == "\t" { text.removeLast() }
            return text
        }
    }
}
