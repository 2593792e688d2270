import Stepstream

/// Bytes without their percent-encoding (RFC 3986 §2.1). A `%` that two hexadecimal digits do not follow stays as it is.
package struct PercentDecoded {
    package private(set) var bytes: [UInt8] = []
    /// Whether two hexadecimal digits follow each `%`.
    package private(set) var isWellFormed = true

    package init(_ encoded: some Sequence<UInt8>) {
        var rest = Array(encoded)[...]
        bytes.reserveCapacity(rest.count)
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap(Hexadecimal.value)
            guard digits.count == 2 else {
                isWellFormed = false
                bytes.append(byte)
                continue
            }
            bytes.append(digits[0] << 4 | digits[1])
            rest = rest.dropFirst(2)
        }
    }
}
