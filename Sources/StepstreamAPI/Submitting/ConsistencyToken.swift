import Crypto
import FoundationEssentials
package import Stepstream

/// Names writes that were accepted, for whoever wants to know later whether they are through. Opaque to clients; what is no token of ours is
/// seen by its digest. No secret: reading the operations behind it is subject to the caller's rights as ever.
package struct ConsistencyToken: Sendable {
    package let operations: [OperationID]

    /// The most operations a token may name.
    private static let most = 16
    private static let digestLength = 12

    package init(_ operations: [OperationID]) {
        self.operations = operations
    }

    /// Reads a token; nil when it is none.
    package init?(_ text: String) {
        guard text.utf8.count <= 4096 else { return nil }
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        let padded = plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), let content = String(validating: data, as: UTF8.self) else { return nil }
        let parts = content.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[0] == Self.digest(parts[1]) else { return nil }
        let names = parts[1].split(separator: ",", omittingEmptySubsequences: false)
        let operations = names.compactMap { OperationID(String($0)) }
        guard operations.count == names.count, operations.count <= Self.most else { return nil }
        // One write has one token: base64 has other spellings.
        guard ConsistencyToken(operations).text == text else { return nil }
        self.operations = operations
    }

    /// The token, in the letters of base64url.
    package var text: String {
        let names = operations.map(\.text).joined(separator: ",")
        let text = Data((Self.digest(names) + "." + names).utf8).base64EncodedString()
        return String(unsafeUninitializedCapacity: text.utf8.count) { letters in
            var end = 0
            for byte in text.utf8 where byte != UInt8(ascii: "=") {
                switch byte {
                case UInt8(ascii: "+"): letters[end] = UInt8(ascii: "-")
                case UInt8(ascii: "/"): letters[end] = UInt8(ascii: "_")
                default: letters[end] = byte
                }
                end += 1
            }
            return end
        }
    }

    private static func digest(_ names: String) -> String {
        var hash = SHA256()
        hash.update(text: "stepstream-consistency:")
        hash.update(text: names)
        return hash.finalize().withUnsafeBytes { Hexadecimal.text($0, first: digestLength / 2) }
    }
}

extension SHA256 {
    /// Takes the bytes of `text` where they are.
    mutating func update(text: String) {
        var text = text
        text.withUTF8 { update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }
}
