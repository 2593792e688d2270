import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream
import StepstreamAPI

/// Who comes in to the dashboard, and under which rules pages leave it.
struct DashboardGuard: Sendable {
    private let mode: DashboardMode
    private let hasAPI: Bool
    private let hosts: DashboardHosts
    /// Whether browsers come by HTTPS, so that the cookie can be bound to this host alone.
    private let isSecure: Bool

    init(_ configuration: ServerConfiguration) {
        mode = configuration.dashboard
        hasAPI = configuration.dashboardListener == nil
        hosts = DashboardHosts(configuration)
        isSecure = configuration.publicURL?.lowercased().hasPrefix("https://") == true
    }

    private var cookie: String { isSecure ? "__Host-stepstream" : "stepstream" }

    /// The access who asks for a page, and the cookie to be set if there is none yet.
    ///
    /// - Throws: 403 when the page would be that of a stranger's site.
    func admit(_ request: Request) throws(RequestProblem) -> (access: PageAccess, cookie: String?) {
        try hosts.check(request.head.authority)
        if let secret = secret(of: request) { return (access(secret), nil) }
        let secret = Self.freshSecret()
        let attributes = isSecure ? "; Path=/; HttpOnly; SameSite=Strict; Secure" : "; Path=/; HttpOnly; SameSite=Strict"
        return (access(secret), cookie + "=" + secret + attributes)
    }

    /// The access who has sent a form with `token`.
    ///
    /// - Throws: 403 unless the form is ours, filled in on a page of ours, and there is something to be changed here.
    func admit(_ request: Request, token: String?) throws(RequestProblem) -> PageAccess {
        guard mode == .on else { throw RequestProblem(.forbidden, "This dashboard is read-only: dashboard.mode is \(mode.rawValue).") }
        try hosts.check(request.head.authority)
        try checkOrigin(request)
        guard let secret = secret(of: request), let token, Self.isSame(token, Self.token(secret)) else {
            throw RequestProblem(.forbidden, "The form was not made by this dashboard or has expired. Open the page again.")
        }
        return access(secret)
    }

    /// Browsers say where a form was sent from (Fetch Metadata, and RFC 6454 §7); what says neither is none.
    private func checkOrigin(_ request: Request) throws(RequestProblem) {
        let sites = request.headers[values: .fetchSite]
        let origins = request.headers[values: .origin]
        let isOurs = sites.allSatisfy { $0 == "same-origin" } && origins.allSatisfy { hosts.isOurs($0, authority: request.head.authority) }
        guard isOurs, !(sites.isEmpty && origins.isEmpty) else {
            throw RequestProblem(.forbidden, "The request did not come from a page of this dashboard.")
        }
    }

    private func access(_ secret: String) -> PageAccess { PageAccess(canOperate: mode == .on, hasAPI: hasAPI, token: Self.token(secret)) }

    /// What the access's cookie holds.
    private func secret(of request: Request) -> String? {
        for field in request.headers[values: .cookie] {
            for pair in field.split(separator: ";").map(\.trimmed) where pair.hasPrefix(cookie + "=") {
                let value = pair.dropFirst(cookie.utf8.count + 1)
                if value.utf8.count == 32, value.allSatisfy(\.isHexDigit) { return String(value) }
            }
        }
        return nil
    }

    private static func freshSecret() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return bytes.withUnsafeBytes { Hexadecimal.text($0) }
    }

    /// What a page carries shows nothing of the cookie, which scripts cannot read either.
    private static func token(_ secret: String) -> String {
        SHA256.hash(data: Array(("dashboard " + secret).utf8)).withUnsafeBytes { Hexadecimal.text($0) }
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return zip(left.utf8, right.utf8).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    // MARK: What leaves

    /// A page as it is sent: nothing of it may be framed, kept, or bring anything from elsewhere.
    static func response(_ html: HTML, status: HTTPResponse.Status = .ok, cookie: String? = nil) -> Response {
        var headers = rules
        headers[.contentType] = "text/html; charset=utf-8"
        if let cookie { headers[.setCookie] = cookie }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html.markup)))
    }

    /// Leads the browser on after a form.
    static func response(seeOther link: Link) -> Response {
        var headers = rules
        headers[.location] = link.text
        return Response(status: .seeOther, headers: headers)
    }

    private static let rules: HTTPFields = [
        .contentSecurityPolicy:
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        .xContentTypeOptions: "nosniff", .cacheControl: "no-store", .referrerPolicy: "same-origin",
        .crossOriginOpenerPolicy: "same-origin", .crossOriginResourcePolicy: "same-origin",
    ]
}
