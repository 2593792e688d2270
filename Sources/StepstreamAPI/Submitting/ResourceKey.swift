/// What a resource may be called.
enum ResourceKey {
    /// The most resources a submission may name.
    static let most = 16
    private static let limit = 256

    /// A part of a path without its percent-encoding (RFC 3986 §2.1); nil where it has none that can be read as UTF-8.
    static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.first?.isHexDigit == true, let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// What is wrong with `key`; nil: nothing.
    static func fault(of key: String) -> String? {
        let isText = key.unicodeScalars.allSatisfy { !($0.value < 0x20 || (0x7F...0x9F).contains($0.value)) }
        return (1...limit).contains(key.utf8.count) && isText ? nil : "A key is 1 to \(limit) bytes of UTF-8 without control characters."
    }
}
