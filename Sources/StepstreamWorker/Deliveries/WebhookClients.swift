import AsyncHTTPClient
import Logging
import NIOCore
import NIOSSL
import Stepstream
import Synchronization

/// The clients of receivers, kept for a while, so that a try uses the connection of the one before it.
///
/// Each dials one address only, the one that was checked for its try: a name that leads elsewhere meanwhile has another client.
final class WebhookClients: Sendable {
    /// What one client is for.
    struct Target: Hashable {
        let isSecure: Bool
        let host: String
        let port: Int
        let address: IPAddress

        init(_ url: WebhookURL, at address: IPAddress) {
            isSecure = url.isSecure
            host = url.host
            port = url.port
            self.address = address
        }
    }

    private struct Entry {
        let client: HTTPClient
        var users = 0
        var lastUse: ContinuousClock.Instant
        var hasAnswered = false
    }

    /// So many are kept that nobody uses.
    private static let most = 64

    private let trustRoots: NIOSSLTrustRoots
    private let idleTime: Duration
    private let entries = Mutex<[Target: Entry]>([:])

    /// Clients that trust `trustRoots`, and are given up when nobody has used them for `idleTime`.
    init(trustRoots: NIOSSLTrustRoots, idleTime: Duration = .seconds(60)) {
        self.trustRoots = trustRoots
        self.idleTime = idleTime
    }

    /// The client of `target`, and whether it has had an answer before, so that its connection may be an old one.
    func take(for target: Target) -> (client: HTTPClient, isUsed: Bool) {
        entries.withLock { entries in
            var entry = entries[target] ?? Entry(client: client(for: target), lastUse: .now)
            entry.users += 1
            entry.lastUse = .now
            entries[target] = entry
            return (entry.client, entry.hasAnswered)
        }
    }

    /// The try that took the client is over. Returns clients that are no longer needed, for the caller to shut down.
    func giveBack(_ target: Target, hasAnswered: Bool) -> [HTTPClient] {
        entries.withLock { entries in
            entries[target]?.users -= 1
            entries[target]?.lastUse = .now
            if hasAnswered { entries[target]?.hasAnswered = true }
            let idle = entries.filter { $0.value.users == 0 }.sorted { $0.value.lastUse < $1.value.lastUse }
            let oldest = ContinuousClock.now - idleTime
            let needless = idle.enumerated().filter { $0.offset < idle.count - Self.most || $0.element.value.lastUse < oldest }
            return needless.compactMap { entries.removeValue(forKey: $0.element.key)?.client }
        }
    }

    /// All clients, when no try runs any more, for the caller to shut down.
    func removeAll() -> [HTTPClient] {
        entries.withLock { entries in
            defer { entries = [:] }
            return entries.values.map(\.client)
        }
    }

    private func client(for target: Target) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = trustRoots
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)),
            decompression: .disabled
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        // The name stays in the URL: it is what the certificate must hold.
        if IPAddress(target.host) == nil { configuration.dnsOverride = [target.host: target.address.description] }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
