import Stepstream
import StepstreamAPI

/// An address on this server. There are no others in pages, so that nothing that was submitted can become one.
struct Link: Sendable, Hashable {
    let text: String

    private init(parts: [String], query: [(String, String)] = []) {
        var text = "/" + parts.map(Self.encoded).joined(separator: "/")
        let query = query.filter { !$0.1.isEmpty }
        if !query.isEmpty { text += "?" + query.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&") }
        self.text = text
    }

    private init(fragment: String) {
        text = "#" + fragment
    }

    /// The content of the very page.
    static let content = Link(fragment: "content")
    static let overview = Link(parts: [])
    static let operations = Link(parts: ["dashboard", "operations"])
    static let attention = Link(parts: ["dashboard", "attention"])
    static let queues = Link(parts: ["dashboard", "queues"])
    static let webhooks = Link(parts: ["dashboard", "webhooks"])
    static let topology = Link(parts: ["dashboard", "topology"])

    static func asset(_ name: String, version: String) -> Link { Link(parts: ["dashboard", name], query: [("v", version)]) }
    static func live(_ topic: LiveTopic) -> Link { Link(parts: ["dashboard", "live", topic.rawValue]) }
    static func operations(_ query: [(String, String)]) -> Link { Link(parts: ["dashboard", "operations"], query: query) }
    static func attention(_ query: [(String, String)]) -> Link { Link(parts: ["dashboard", "attention"], query: query) }
    static func webhooks(_ query: [(String, String)]) -> Link { Link(parts: ["dashboard", "webhooks"], query: query) }
    static func operation(_ id: OperationID) -> Link { Link(parts: ["dashboard", "operations", id.text]) }
    static func events(_ id: OperationID) -> Link { Link(parts: ["dashboard", "operations", id.text, "events"]) }
    static func document(_ id: OperationID) -> Link { Link(parts: ["v1", "operations", id.text]) }
    static func command(_ name: String, on id: OperationID) -> Link { Link(parts: ["dashboard", "operations", id.text, name]) }
    static func replay(_ number: Int, of id: OperationID) -> Link {
        Link(parts: ["dashboard", "operations", id.text, "deliveries", String(number)])
    }
    static func queue(_ name: Name) -> Link { Link(parts: ["dashboard", "queues", name.text]) }
    static func command(_ name: String, onQueue queue: Name) -> Link { Link(parts: ["dashboard", "queues", queue.text, name]) }
    static func bulk(_ name: String) -> Link { Link(parts: ["dashboard", "attention", name]) }
    static let replays = Link(parts: ["dashboard", "webhooks", "replay"])

    /// RFC 3986 §2.3: everything but the unreserved characters is encoded.
    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return encoded
    }
}
