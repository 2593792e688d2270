/// The URL of a receiver of webhooks, read strictly (a subset of RFC 3986), so that what was checked is what is dialled.
package struct WebhookURL: Sendable, Hashable, CustomStringConvertible {
    /// The longest URL, in bytes.
    package static let longest = 2048

    /// What was given.
    package let text: String
    /// Whether it is `https`.
    package let isSecure: Bool
    /// The host in small letters: a name, or an address without brackets.
    package let host: String
    /// The port, named or meant.
    package let port: Int
    /// The host as an address, when it is one.
    package var address: IPAddress? { IPAddress(host) }
    /// What was given.
    package var description: String { text }

    /// The same URL with the host in small letters and the port named: what is dialled, so that no other reader sees another host.
    package let dialled: String

    /// The host and port as one word, `example.com/443`, without colons: what deliveries to it are kept together under.
    package var place: String {
        (address?.isVersion4 == false ? "[\(host.replacing(":", with: "-"))]" : host) + "/\(port)"
    }

    /// Why a text is no URL for webhooks.
    package struct Fault: Error, Hashable {
        /// What is wanted instead.
        package let words: String
    }

    /// Reads `text`.
    ///
    /// - Throws: `Fault`; userinfo, fragments, relative URLs and hosts that look like numbers but are no address are refused.
    package init(_ text: String) throws(Fault) {
        guard text.utf8.count <= Self.longest else { throw Fault(words: "A URL of at most \(Self.longest) bytes is expected.") }
        guard text.utf8.allSatisfy(Self.isAllowed) else {
            throw Fault(words: "A URL of ASCII characters as RFC 3986 has them is expected, without a fragment.")
        }
        guard let start = text.firstRange(of: "://") else { throw Fault(words: "An absolute URL with https:// is expected.") }
        switch text[..<start.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: throw Fault(words: "An absolute URL with https:// is expected.")
        }
        let authority = text[start.upperBound...].prefix { $0 != "/" && $0 != "?" }
        if authority.contains("@") { throw Fault(words: "A URL without a user name or password is expected.") }
        let (host, port) = try Self.split(authority)
        self.text = text
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
        let rest = text[authority.endIndex...]
        let shown = IPAddress(self.host)?.isVersion4 == false ? "[\(self.host)]" : self.host
        dialled = "\(isSecure ? "https" : "http")://\(shown):\(self.port)\(rest.hasPrefix("/") ? "" : "/")\(rest)"
    }

    private static func split(_ authority: Substring) throws(Fault) -> (String, Int?) {
        let fault = Fault(words: "A host is expected after ://, and a port from 1 to 65535 if any.")
        var host = authority
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw fault }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":"), let address = IPAddress(String(host)), !address.isVersion4 else { throw fault }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                port = authority[authority.index(after: colon)...]
            }
            guard isName(host) else { throw fault }
        }
        guard let port else { return (host.lowercased(), nil) }
        guard let number = Int(port), (1...65_535).contains(number), String(number) == port else { throw fault }
        return (host.lowercased(), number)
    }

    /// A DNS name (RFC 1123 §2.1), or an IPv4 address in its strict form. `0x7f000001`, `127.1` and `2130706433`, which resolvers read as
    /// addresses, are neither: their last label is a number.
    private static func isName(_ host: Substring) -> Bool {
        if IPAddress(String(host)) != nil { return true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(host.utf8.count), let last = labels.last else { return false }
        let isNumber = last.allSatisfy(\.isNumber) || last.lowercased().hasPrefix("0x")
        return !isNumber
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "/"),
            UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "@"), UInt8(ascii: "!"), UInt8(ascii: "$"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}
