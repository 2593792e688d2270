/// A range of addresses, as `10.0.0.0/8` or `fd00::/8` (CIDR, RFC 4632, RFC 4291 §2.3).
package struct AddressRange: Sendable, Hashable {
    private let address: IPAddress
    private let length: Int

    /// Reads an address, a slash and how many leading bits count; an address alone is a range of one. Nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
        let longest = address.bytes.count * 8
        guard parts.count == 2 else {
            self.address = address
            length = longest
            return
        }
        guard let length = Int(parts[1]), (0...longest).contains(length), String(length) == parts[1] else { return nil }
        self.address = address
        self.length = length
    }

    /// Whether `other` is in it; an address of the other version never is.
    package func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        var rest = length
        for (own, its) in zip(address.bytes, other.bytes) where rest > 0 {
            let mask: UInt8 = rest >= 8 ? 0xFF : ~(0xFF >> UInt8(rest))
            guard own & mask == its & mask else { return false }
            rest -= 8
        }
        return true
    }
}
