public import AsyncHTTPClient
import FoundationEssentials
public import Logging
import NIOCore
import NIOHTTP1
public import Stepstream
import Synchronization

/// Runs a step by calling a service over HTTP: docs/handlers.md has the contract.
public struct HTTPHandler: StepHandler {
    /// The largest body of an answer that is taken, in bytes.
    public static let bodyLimit = 1 << 20

    private let client: HTTPClient
    private let logger: Logger

    /// A handler that calls through `client`.
    ///
    /// - Parameters:
    ///   - client: made with `clientConfiguration(concurrency:)`, as a call cannot say for itself that it must not follow redirects.
    ///   - logger: where it logs what must not be shown to consumers, such as addresses.
    public init(client: HTTPClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// The configuration of a client for this handler: no redirects, no decompression, one try to connect (the step's retry policy is
    /// the one that counts), and as many connections to one service as there can be attempts.
    public static func clientConfiguration(concurrency: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)),
            connectionPool: .init(idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: concurrency),
            decompression: .disabled
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// Makes one attempt; see `StepHandler`.
    public func run(_ context: StepContext) async throws -> Outcome {
        guard case .http(let call) = context.handler else { return .failed(.notHTTP, retry: .never) }
        let sending = SendingMark()
        do {
            let request = HTTPClientRequest(call, for: context, sending: sending)
            let response = try await client.execute(request, timeout: .milliseconds(context.timeout.count), logger: logger)
            return try await outcome(of: response)
        } catch {
            note(error, in: context)
            return sending.isSet ? .unknown(.cut(error, after: context.timeout)) : unsent(error)
        }
    }

    private func outcome(of response: HTTPClientResponse) async throws -> Outcome {
        let status = Int(response.status.code)
        switch status {
        case 200..<300:
            return try await result(of: response)
        case 408, 425, 429, 500...:
            let after = RetryAfter(response.headers)?.delay(now: .now)
            return .failed(.unavailable(status, cause: try await cause(in: response)), retry: .byPolicy(after: after))
        case 300..<400:
            return .failed(.redirect(status), retry: .never)
        default:
            return .failed(.refused(status, cause: try await cause(in: response)), retry: .never)
        }
    }

    /// A service that answered 2xx has done the work. When its answer cannot be used the outcome is unknown, not failed: a failed step
    /// would not be undone.
    private func result(of response: HTTPClientResponse) async throws -> Outcome {
        if response.status == .noContent { return .succeeded(.null) }
        do {
            let body = try await response.body.collect(upTo: Self.bodyLimit)
            if body.readableBytes == 0 { return .succeeded(.null) }
            return .succeeded(try JSONNode.parse(body.readableBytesView).minified)
        } catch let fault as JSONFault {
            return .unknown(.unusable(Int(response.status.code), words: "its body is not JSON: \(fault)"))
        } catch is NIOTooManyBytesError {
            return .unknown(.unusable(Int(response.status.code), words: "its body is larger than \(Self.bodyLimit) bytes"))
        }
    }

    /// The problem object the service sent, if it did and it is small enough to be kept in the operation.
    private func cause(in response: HTTPClientResponse) async throws -> JSONText? {
        do {
            let body = try await response.body.collect(upTo: Problem.causeLimit)
            let node = try JSONNode.parse(body.readableBytesView)
            return node.kind == .object ? node.minified : nil
        } catch is JSONFault {
            return nil
        } catch is NIOTooManyBytesError {
            return nil
        } catch is HTTPClientError {
            // The status has been answered; that the explanation was cut off changes nothing.
            return nil
        }
    }

    private func unsent(_ error: any Error) -> Outcome {
        if let error = error as? HTTPClientError, HTTPHandler.isWrong(error) {
            return .failed(.badCall("\(error)"), retry: .never)
        }
        return .failed(.unreachable(error), retry: .byPolicy(after: nil))
    }

    /// Whether the request itself cannot be made, however often it is tried.
    private static func isWrong(_ error: HTTPClientError) -> Bool {
        [
            .invalidURL, .emptyHost, .missingSocketPath, .emptyScheme, .invalidHeaderFieldNames([]), .invalidHeaderFieldValues([]),
            .traceRequestWithBody,
        ].contains(error) || "\(error)".contains("unsupportedScheme") || "\(error)".contains("invalidHeaderField")
    }

    private func note(_ error: any Error, in context: StepContext) {
        logger.info("A call of a handler failed", metadata: .about(LogSubject(context), and: [LogKey.error: "\(error)"]))
    }
}

/// Whether the body of a request has begun to leave: before that the service cannot have acted on it.
final class SendingMark: Sendable {
    private let mark = Atomic(false)

    var isSet: Bool { mark.load(ordering: .acquiring) }

    func set() { mark.store(true, ordering: .releasing) }
}
