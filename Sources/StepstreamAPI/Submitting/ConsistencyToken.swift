import FoundationEssentials
package import Stepstream

/// Names writes that were accepted, for whoever wants to know later whether they are through. Opaque to clients; what is no token of ours
/// is seen by its checksum. No secret, so none that would take long to forge: reading the operations behind it is subject to the caller's
/// rights as ever.
package struct ConsistencyToken: Sendable {
    package let operations: [OperationID]

    /// The most operations a token may name.
    private static let most = 16
    private static let checksumLength = 12

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
        guard parts.count == 2, parts[0] == Self.checksum(of: parts[1]) else { return nil }
        let names = parts[1].split(separator: ",", omittingEmptySubsequences: false)
        let operations = names.compactMap { OperationID(String($0)) }
        guard operations.count == names.count, operations.count <= Self.most else { return nil }
        // One write has one token: base64 has other spellings.
        guard ConsistencyToken(operations).text == text else { return nil }
        self.operations = operations
    }

    /// The token, in the letters of base64url.
    package var text: String {
        let names = operations.count == 1 ? operations[0].text : operations.map(\.text).joined(separator: ",")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.checksumLength + 3 + names.utf8.count)
        bytes.append(contentsOf: Self.checksum(of: names).utf8)
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: names.utf8)
        return Self.letters(bytes)
    }

    /// 48 bits of FNV-1a, in hexadecimal digits.
    private static func checksum(of names: String) -> String {
        var names = names
        let hash = names.withUTF8 { bytes in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return hash
        }
        return withUnsafeBytes(of: hash.bigEndian) { Hexadecimal.text($0, first: checksumLength / 2) }
    }

    /// `bytes` in base64url, without padding (RFC 4648 §5).
    private static func letters(_ bytes: [UInt8]) -> String {
        let whole = bytes.count / 3 * 3
        return String(unsafeUninitializedCapacity: (bytes.count * 4 + 2) / 3) { letters in
            var end = 0
            for start in stride(from: 0, to: whole, by: 3) {
                write(bytes[start], bytes[start + 1], bytes[start + 2], letters: 4, to: letters, at: end)
                end += 4
            }
            let rest = bytes.count - whole
            if rest > 0 { write(bytes[whole], rest > 1 ? bytes[whole + 1] : 0, 0, letters: rest + 1, to: letters, at: end) }
            return end + (rest > 0 ? rest + 1 : 0)
        }
    }

    /// The first of the four letters of three bytes.
    private static func write(
        _ first: UInt8,
        _ second: UInt8,
        _ third: UInt8,
        letters count: Int,
        to text: UnsafeMutableBufferPointer<UInt8>,
        at place: Int
    ) {
        text[place] = letter(first >> 2)
        text[place + 1] = letter(first << 4 & 0x30 | second >> 4)
        if count > 2 { text[place + 2] = letter(second << 2 & 0x3C | third >> 6) }
        if count > 3 { text[place + 3] = letter(third & 0x3F) }
    }

    private static func letter(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }
}
