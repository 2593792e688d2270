package import Hummingbird
package import Stepstream

/// What absolute URLs begin with.
package struct PublicAddress: Sendable {
    private let configured: String?
    private let host: String
    private let port: Int
    private let listening: Announcement<Int?>

    package init(_ configuration: ServerConfiguration, listening: Announcement<Int?>) {
        configured = configuration.publicURL.map { url in
            var url = url[...]
            while url.last == "/" { url.removeLast() }
            return String(url)
        }
        // An address of all interfaces is none that can be called.
        host =
            switch configuration.host {
            case "0.0.0.0", "::": "localhost"
            default: configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
            }
        port = configuration.port
        self.listening = listening
    }

    /// For URLs that no request led to.
    package var base: String {
        configured ?? "http://\(host):\((listening.current ?? nil) ?? port)"
    }

    /// For URLs in the answer to `request`.
    package func base(for request: Request) -> String {
        if let configured { return configured }
        guard let authority = request.head.authority, Self.isAuthority(authority) else { return base }
        return "http://" + authority
    }

    /// Host and port as RFC 3986 §3.2 spells them, without user information.
    private static func isAuthority(_ text: String) -> Bool {
        (1...260).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                    true
                default: false
                }
            }
    }
}
