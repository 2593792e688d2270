import Stepstream
import StepstreamAPI

/// Under which names the dashboard answers. A stranger's name that has been made to lead here (DNS rebinding) would make the stranger's pages
/// ours; an address, `localhost` and the names that are configured cannot be a stranger's.
struct DashboardHosts: Sendable {
    private let names: Set<String>
    private let origins: Set<String>

    init(_ configuration: ServerConfiguration) {
        let origins = configuration.origins + [configuration.publicURL].compactMap(\.self)
        names = Set(
            origins.compactMap(Self.authority).map(Self.name)
                + [configuration.host, configuration.dashboardListener?.host ?? "localhost", "localhost"].map { $0.lowercased() }
        )
        self.origins = Set(origins.compactMap(Self.origin))
    }

    /// - Throws: 403 for other names.
    func check(_ authority: String?) throws(RequestProblem) {
        let name = Self.name(of: authority?.lowercased() ?? "")
        if names.contains(name) || name.hasSuffix(".localhost") || IPAddress(name) != nil { return }
        throw RequestProblem(.forbidden, "The dashboard is not served under this host name; see http.publicURL and http.origins.")
    }

    /// Whether `origin` is that of a page that was loaded from `authority`, or of a configured one. A proxy may be the one that speaks TLS.
    func isOurs(_ origin: String, authority: String?) -> Bool {
        let origin = origin.lowercased()
        guard let authority = authority?.lowercased() else { return false }
        return origins.contains(origin) || origin == "http://" + authority || origin == "https://" + authority
    }

    /// `https://a.example:8443/x` is at `a.example:8443`.
    private static func authority(of url: String) -> String? {
        let parts = url.lowercased().split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count >= 3 && parts[1].isEmpty ? String(parts[2]) : nil
    }

    private static func origin(of url: String) -> String? {
        guard let authority = authority(of: url), let scheme = url.lowercased().split(separator: ":").first else { return nil }
        return "\(scheme)://\(authority)"
    }

    /// Without the port and the brackets of an IPv6 address.
    private static func name(of authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }
}
