import HTTPTypes
import Stepstream

/// From which pages a browser may open a WebSocket: browsers ask no server before they do (RFC 6455 §10.2).
struct OriginRule: Sendable {
    private let listed: Set<String>

    /// A rule that permits the service's own pages and those of `origins`, each `scheme://host[:port]`.
    init(_ origins: [String], publicURL: String?) {
        var listed = Set(origins.map { $0.lowercased() })
        if let origin = publicURL.flatMap(Self.origin(of:)) { listed.insert(origin) }
        self.listed = listed
    }

    /// Checks the origin of a request that was sent to `authority`.
    ///
    /// - Throws: 403.
    func check(_ fields: HTTPFields, authority: String?) throws(RequestProblem) {
        let origins = fields[values: .origin]
        // Without one it is no browser, and no page can make it do anything.
        guard let origin = origins.first?.lowercased() else { return }
        guard origins.count == 1, listed.contains(origin) || Self.isSame(origin, authority: authority) else {
            throw RequestProblem(.forbidden, "Pages of this origin may not open a WebSocket; see the setting http.origins.")
        }
    }

    /// Whether `origin` is the server that was asked. The scheme may differ: a proxy in front may be the one that speaks TLS.
    private static func isSame(_ origin: String, authority: String?) -> Bool {
        guard let authority = authority?.lowercased() else { return false }
        return ["http://", "https://"].contains { origin == $0 + authority }
    }

    /// Scheme and authority of a URL.
    private static func origin(of url: String) -> String? {
        let parts = url.lowercased().split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty else { return nil }
        return "\(parts[0])//\(parts[2])"
    }
}
