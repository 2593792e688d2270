import Crypto
import FoundationEssentials

/// A Lua script, called by its SHA-1 digest.
package struct RedisScript: Sendable {
    /// For log and error messages.
    package let name: String
    /// The text.
    package let source: String
    /// The digest in hexadecimal, by which EVALSHA names it.
    package let digest: String

    /// A script of `source`.
    package init(name: String, source: String) {
        self.name = name
        self.source = source
        let digits = Array("0123456789abcdef")
        digest = Insecure.SHA1.hash(data: Data(source.utf8)).reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }
}
