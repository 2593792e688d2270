import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Stepstream

/// One request to a receiver. Only an address that was checked is dialled, each time anew: a name may lead elsewhere by now.
struct WebhookCall: Sendable {
    /// What came of it.
    enum Answer: Sendable, Hashable {
        case status(Int, retryAfter: Milliseconds?)
        /// There was no answer; in words that show nothing of the network.
        case fault(String)
    }

    /// As much of an answer's body is read and thrown away.
    static let answerLimit = 64 << 10

    let resolver: HostResolver
    let addresses: AddressPolicy
    let timeLimit: Duration
    let logger: Logger

    func send(_ message: WebhookMessage, to url: WebhookURL) async -> Answer {
        let target: IPAddress
        do {
            target = try await address(of: url)
        } catch {
            return .fault((error as? HostResolver.Failure)?.words ?? "The host's name could not be looked up.")
        }
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)),
            decompression: .disabled
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        // The name stays in the URL: it is what the certificate must hold.
        if url.address == nil { configuration.dnsOverride = [url.host: target.description] }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let answer = await execute(request(message, url), on: client)
        do {
            try await client.shutdown()
        } catch {
            logger.debug("A client of a webhook ended with an error", metadata: [LogKey.error: "\(error)"])
        }
        return answer
    }

    /// The address to dial. One that is not allowed refuses the host, whatever else it has: it could be the next that is dialled.
    private func address(of url: WebhookURL) async throws -> IPAddress {
        let found = if let address = url.address { [address] } else { try await resolver.addresses(url.host) }
        for address in found {
            guard let words = addresses.refusal(of: address) else { continue }
            throw HostResolver.Failure(words: "Nothing is sent to the host's address: \(words).")
        }
        // Version 4 first: it is what most machines can reach.
        guard let first = found.first(where: \.isVersion4) ?? found.first else {
            throw HostResolver.Failure(words: "The host's name leads to no address.")
        }
        return first
    }

    private func request(_ message: WebhookMessage, _ url: WebhookURL) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url.dialled)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/cloudevents+json; charset=utf-8")
        request.headers.add(name: "User-Agent", value: "Stepstream-Webhooks")
        for (name, value) in message.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: message.body))
        return request
    }

    private func execute(_ request: HTTPClientRequest, on client: HTTPClient) async -> Answer {
        do {
            let response = try await client.execute(request, timeout: .nanoseconds(timeLimit.nanoseconds), logger: logger)
            var rest = Self.answerLimit
            do {
                for try await part in response.body {
                    rest -= part.readableBytes
                    if rest < 0 { break }
                }
            } catch {
                // The status has been answered; what follows it means nothing here.
                logger.debug("The answer of a webhook was cut off", metadata: [LogKey.error: "\(error)"])
            }
            return .status(Int(response.status.code), retryAfter: RetryAfter(response.headers)?.delay(now: .now))
        } catch {
            logger.info("A webhook got no answer", metadata: [LogKey.error: "\(error)"])
            return .fault(words(for: error))
        }
    }

    private func words(for error: any Error) -> String {
        guard let error = error as? HTTPClientError else { return "The connection could not be made or was cut." }
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout: return "There was no answer within \(timeLimit.components.seconds) s."
        case .connectTimeout: return "The connection could not be made within 5 s."
        case .remoteConnectionClosed: return "The connection was cut before there was an answer."
        default: return "The connection could not be made or was cut."
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
