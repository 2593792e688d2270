import Crypto
import FoundationEssentials

/// A secret that webhooks are signed with: `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks 1.0). Never shown.
package struct WebhookSecret: Sendable, Hashable, CustomStringConvertible {
    /// The rule in words, for error messages.
    package static let rule = "whsec_ and 24 to 64 random bytes in base64"

    private let bytes: Data

    /// Reads `whsec_…`; nil for anything else.
    package init?(_ text: String) {
        let prefix = "whsec_"
        guard text.hasPrefix(prefix), let bytes = Data(base64Encoded: String(text.dropFirst(prefix.count))),
            (24...64).contains(bytes.count)
        else { return nil }
        self.bytes = bytes
    }

    /// Only that there is one.
    package var description: String { "whsec_…" }

    /// `v1,` and the base64 of HMAC-SHA256 over the ID, the time in seconds and the body, with points between them.
    package func signature(id: String, timestamp: Int64, body: some Sequence<UInt8>) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.signed(id, timestamp: timestamp, body: body), using: SymmetricKey(data: bytes))
        return "v1," + Data(code).base64EncodedString()
    }

    /// Whether one of the signatures in `header`, with spaces between them, is this secret's; compared in constant time.
    package func accepts(_ header: String, id: String, timestamp: Int64, body: some Sequence<UInt8>) -> Bool {
        let signed = Self.signed(id, timestamp: timestamp, body: body)
        return header.split(separator: " ").contains { part in
            guard part.hasPrefix("v1,"), let code = Data(base64Encoded: String(part.dropFirst(3))) else { return false }
            return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: SymmetricKey(data: bytes))
        }
    }

    private static func signed(_ id: String, timestamp: Int64, body: some Sequence<UInt8>) -> Data {
        var data = Data("\(id).\(timestamp).".utf8)
        data.append(contentsOf: body)
        return data
    }
}
