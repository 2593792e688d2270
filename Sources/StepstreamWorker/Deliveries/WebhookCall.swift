import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Stepstream

/// One request to a receiver. Only an address that was checked is dialled, each time anew: a name may lead elsewhere by now.
struct WebhookCall: Sendable {
    /// What came of it.
    enum Answer: Sendable, Hashable {
        case status(Int, retryAfter: Milliseconds?)
        /// There was no answer; in words that show nothing of the network.
        case fault(String)
    }

    /// As much of an answer's body is read and thrown away; a connection on which more comes is given up.
    static let answerLimit = 64 << 10

    /// So many old connections are found cut before it counts as a fault.
    private static let oldConnections = 3

    let resolver: HostResolver
    let addresses: AddressPolicy
    let timeLimit: Duration
    private var logger: Logger
    private let clients: WebhookClients

    init(
        resolver: HostResolver,
        addresses: AddressPolicy,
        timeLimit: Duration,
        trustRoots: NIOSSLTrustRoots = .default,
        logger: Logger
    ) {
        self.resolver = resolver
        self.addresses = addresses
        self.timeLimit = timeLimit
        self.logger = logger
        clients = WebhookClients(trustRoots: trustRoots)
    }

    /// The same, whose log lines are about `subject`.
    func about(_ subject: LogSubject) -> WebhookCall {
        var call = self
        for (key, value) in Logger.Metadata.about(subject) { call.logger[metadataKey: key] = value }
        return call
    }

    func send(_ message: WebhookMessage, to url: WebhookURL) async -> Answer {
        let end = ContinuousClock.now + timeLimit
        let target: WebhookClients.Target
        do {
            target = .init(url, at: try await address(of: url, until: end))
        } catch {
            return .fault(error.words)
        }
        // The receiver may have closed an old connection in the moment in which it was used; this is no failure of this message.
        for _ in 0...Self.oldConnections {
            if case .answered(let answer) = await attempt(request(message, to: url), at: target, until: end) { return answer }
        }
        return .fault("The connection was closed before a response arrived.")
    }

    /// Ends all connections. No call may run, and none may follow.
    func close() async {
        await shutDown(clients.removeAll())
    }

    private enum Attempt {
        case answered(Answer)
        /// The connection was cut that may have been an old one.
        case cut
    }

    private func attempt(
        _ request: HTTPClientRequest,
        at target: WebhookClients.Target,
        until end: ContinuousClock.Instant
    ) async -> Attempt {
        let (client, isUsed) = clients.take(for: target)
        let result: Attempt
        do {
            result = .answered(try await execute(request, on: client, until: end))
        } catch {
            if isUsed, Self.isCut(error) {
                result = .cut
            } else {
                logger.info("A webhook got no response", metadata: [LogKey.error: "\(error)"])
                result = .answered(.fault(words(for: error)))
            }
        }
        var hasAnswered = false
        if case .answered(.status) = result { hasAnswered = true }
        await shutDown(clients.giveBack(target, hasAnswered: hasAnswered))
        return result
    }

    /// Whether the connection was cut, as one that was closed meanwhile is: at the answer, or already at the request.
    private static func isCut(_ error: any Error) -> Bool {
        (error as? HTTPClientError) == .remoteConnectionClosed || error is IOError || error is ChannelError
    }

    private func shutDown(_ clients: [HTTPClient]) async {
        for client in clients {
            do {
                try await client.shutdown()
            } catch {
                logger.debug("An HTTP client for webhooks ended with an error", metadata: [LogKey.error: "\(error)"])
            }
        }
    }

    /// The address to dial. One that is not allowed refuses the host, whatever else it has: it could be the next that is dialled.
    private func address(of url: WebhookURL, until end: ContinuousClock.Instant) async throws(HostResolver.Failure) -> IPAddress {
        let found = if let address = url.address { [address] } else { try await resolver.addresses(of: url.host, until: end) }
        for address in found {
            guard let words = addresses.refusal(of: address) else { continue }
            throw HostResolver.Failure(words: "The host's address is not allowed: \(words).")
        }
        // Version 4 first: it is what most machines can reach.
        guard let first = found.first(where: \.isVersion4) ?? found.first else {
            throw HostResolver.Failure(words: "The host name has no address.")
        }
        return first
    }

    private func request(_ message: WebhookMessage, to url: WebhookURL) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url.dialled)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/cloudevents+json; charset=utf-8")
        request.headers.add(name: "User-Agent", value: "Stepstream-Webhooks")
        for (name, value) in message.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: message.body))
        return request
    }

    private func execute(_ request: HTTPClientRequest, on client: HTTPClient, until end: ContinuousClock.Instant) async throws -> Answer {
        let response = try await client.execute(request, timeout: .nanoseconds((end - .now).nanoseconds), logger: logger)
        await drain(response.body, until: end)
        return .status(Int(response.status.code), retryAfter: RetryAfter(response.headers)?.delay(now: .now))
    }

    /// Reads a body to its end so that its connection can be used again; one that is too long or too slow costs the connection.
    private func drain(_ body: HTTPClientResponse.Body, until end: ContinuousClock.Instant) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var rest = Self.answerLimit
                do {
                    for try await part in body {
                        rest -= part.readableBytes
                        if rest < 0 { return }
                    }
                } catch {
                    // The status has been answered; what follows it means nothing here.
                    logger.debug("The response to a webhook was cut off", metadata: [LogKey.error: "\(error)"])
                }
            }
            group.addTask {
                // Canceled when the body has ended.
                do { try await Task.sleep(until: end, clock: .continuous) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func words(for error: any Error) -> String {
        switch error as? HTTPClientError {
        case .deadlineExceeded, .readTimeout, .writeTimeout: return "There was no response within \(timeLimit.components.seconds) s."
        case .connectTimeout: return "No connection within 5 s."
        case .remoteConnectionClosed: return "The connection was closed before a response arrived."
        default: break
        }
        guard error is NIOSSLError || error is NIOSSLExtraError else { return "The connection failed." }
        return "The receiver's certificate cannot be trusted, or the TLS handshake failed."
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
