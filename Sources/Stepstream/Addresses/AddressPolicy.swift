/// Which addresses a webhook may be sent to: public ones, and what the configuration allows besides.
///
/// The guard against server-side request forgery: whoever may submit an operation may name a URL, and must not reach what only this
/// machine can. The ranges are those of the IANA special-purpose registries (RFC 6890), with IPv4 addresses inside IPv6 judged as IPv4.
package struct AddressPolicy: Sendable, Hashable {
    /// Ranges that are allowed although they are not public.
    package var allowed: [AddressRange]

    /// A policy.
    package init(allowed: [AddressRange] = []) { self.allowed = allowed }

    /// Why nothing is sent to `address`; nil when it may be.
    package func refusal(of address: IPAddress) -> String? {
        if allowed.contains(where: { $0.contains(address) }) { return nil }
        if address.isVersion4 { return Self.blocked4.first { $0.contains(address) }?.words }
        if let inner = Self.inner(address) { return refusal(of: inner) }
        if let block = Self.blocked6.first(where: { $0.contains(address) }) { return block.words }
        return Self.global.contains(address) ? nil : "it is not a public address"
    }

    /// The IPv4 address that an IPv4-mapped (RFC 4291 §2.5.5.2) or NAT64 (RFC 6052) address leads to.
    private static func inner(_ address: IPAddress) -> IPAddress? {
        guard mapped.contains(address) || translated.contains(address) else { return nil }
        return IPAddress(bytes: Array(address.bytes.suffix(4)))
    }

    private struct Block {
        let range: AddressRange
        let words: String

        func contains(_ address: IPAddress) -> Bool { range.contains(address) }
    }

    private static func range(_ text: StaticString) -> AddressRange {
        guard let range = AddressRange("\(text)") else { preconditionFailure("\(text) is not a range") }
        return range
    }

    private static let mapped = range("::ffff:0:0/96")
    private static let translated = range("64:ff9b::/96")
    private static let global = range("2000::/3")

    private static let blocked4: [Block] = [
        Block(range: range("0.0.0.0/8"), words: "it is an address of this host"),
        Block(range: range("10.0.0.0/8"), words: "it is a private address"),
        Block(range: range("100.64.0.0/10"), words: "it is a carrier's inner address"),
        Block(range: range("127.0.0.0/8"), words: "it is this machine"),
        Block(range: range("169.254.0.0/16"), words: "it is a link-local address"),
        Block(range: range("172.16.0.0/12"), words: "it is a private address"),
        Block(range: range("192.0.0.0/24"), words: "it is reserved for protocols"),
        Block(range: range("192.0.2.0/24"), words: "it is for documentation"),
        Block(range: range("192.88.99.0/24"), words: "it is a 6to4 relay"),
        Block(range: range("192.168.0.0/16"), words: "it is a private address"),
        Block(range: range("198.18.0.0/15"), words: "it is for benchmarks"),
        Block(range: range("198.51.100.0/24"), words: "it is for documentation"),
        Block(range: range("203.0.113.0/24"), words: "it is for documentation"),
        Block(range: range("224.0.0.0/4"), words: "it is a multicast address"),
        Block(range: range("240.0.0.0/4"), words: "it is reserved"),
    ]

    private static let blocked6: [Block] = [
        Block(range: range("::1/128"), words: "it is this machine"),
        Block(range: range("::/96"), words: "it holds an IPv4 address in an obsolete form"),
        Block(range: range("64:ff9b:1::/48"), words: "it is a local translation of IPv4"),
        Block(range: range("2001::/23"), words: "it is reserved for protocols or a Teredo tunnel"),
        Block(range: range("2001:db8::/32"), words: "it is for documentation"),
        Block(range: range("2002::/16"), words: "it is a 6to4 tunnel"),
        Block(range: range("3fff::/20"), words: "it is for documentation"),
        Block(range: range("fc00::/7"), words: "it is a private address"),
        Block(range: range("fe80::/10"), words: "it is a link-local address"),
        Block(range: range("fec0::/10"), words: "it is a private address"),
        Block(range: range("ff00::/8"), words: "it is a multicast address"),
    ]
}
