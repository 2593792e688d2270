/// What a resource may be called.
enum ResourceKey {
    /// The most resources a submission may name.
    static let most = 16
    private static let limit = 256

    /// A part of a path without its percent-encoding (RFC 3986 §2.1); nil where it has none that can be read as UTF-8.
    static func decoded(_ text: Substring) -> String? {
        let decoded = PercentDecoded(text.utf8)
        return decoded.isWellFormed ? String(validating: decoded.bytes, as: UTF8.self) : nil
    }

    /// What is wrong with `key`; nil: nothing.
    static func fault(of key: String) -> String? {
        let isText = key.unicodeScalars.allSatisfy { !($0.value < 0x20 || (0x7F...0x9F).contains($0.value)) }
        return (1...limit).contains(key.utf8.count) && isText ? nil : "A key is 1 to \(limit) bytes of UTF-8 without control characters."
    }
}
