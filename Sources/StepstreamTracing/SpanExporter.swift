package import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
package import Stepstream
import Synchronization

/// Sends spans to a collector by OTLP over HTTP, as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp), every second in batches.
///
/// Spans wait in a bounded queue, and nobody waits for them: what the collector cannot take now is sent again later, and what does not fit
/// meanwhile, or what it refuses, is lost and counted.
package final class SpanExporter: Service {
    /// The most spans that wait.
    package static let most = 8192
    private static let batch = 512
    private static let interval = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    /// What waits, and how the last requests went.
    private struct Waiting {
        var spans: [FinishedSpan] = []
        /// How many requests in a row were not answered as wished.
        var failures = 0
    }

    private let url: String
    private let service: [(String, String)]
    private let http: HTTPClient
    private let clock: any MonotonicClock
    private let logger: Logger
    private let waiting = Mutex(Waiting())
    private let meters: Meters

    /// An exporter to the collector at `endpoint`, whose path `/v1/traces` takes the spans.
    package init(
        endpoint: String,
        service: [(String, String)],
        http: HTTPClient,
        meters: Meters = Meters(),
        clock: any MonotonicClock = .system,
        logger: Logger
    ) {
        self.meters = meters
        url = endpoint + (endpoint.hasSuffix("/") ? "" : "/") + "v1/traces"
        self.service = service
        self.http = http
        self.clock = clock
        self.logger = logger
    }

    func take(_ span: FinishedSpan) {
        let fits = waiting.withLock { waiting in
            guard waiting.spans.count < Self.most else { return false }
            waiting.spans.append(span)
            return true
        }
        if !fits { meters.count(.spansDropped) }
    }

    /// Sends until a graceful shutdown or cancellation, and then once what is left; a collector that is away is not waited for.
    package func run() async {
        await cancelWhenGracefulShutdown {
            var pause = Self.interval
            while !Task.isCancelled {
                // Canceled only at the end: the loop's condition sees it.
                do { try await self.clock.sleep(until: self.clock.now + pause) } catch { break }
                pause = await self.flush()
            }
        }
        await flush()
        let lost = waiting.withLock { $0.spans.count }
        meters.count(.spansDropped, by: lost)
        if lost > 0 { logger.warning("Spans were lost at shutdown", metadata: [LogKey.count: "\(lost)"]) }
    }

    /// Sends all that waits, until the collector asks for patience. One call at a time.
    ///
    /// - Returns: how long to wait before the next.
    @discardableResult
    package func flush() async -> Duration {
        while true {
            let spans = waiting.withLock { Array($0.spans.prefix(Self.batch)) }
            guard !spans.isEmpty else { return Self.interval }
            switch await send(spans) {
            case .taken(let rejected):
                remove(spans.count, lost: min(rejected, spans.count))
                if rejected > 0 { logger.warning("The collector rejected spans", metadata: [LogKey.count: "\(rejected)"]) }
                if settled() > 0 { logger.notice("The collector accepts spans again") }
            case .refused(let words):
                remove(spans.count, lost: spans.count)
                // The collector answers: a refusal is logged once, as trouble is.
                if failed() == 1 { logger.warning("The collector refuses spans", metadata: [LogKey.error: "\(words)"]) }
            case .later(let asked, let words):
                let failures = failed()
                if failures == 1 { logger.warning("The collector does not answer; spans wait", metadata: [LogKey.error: "\(words)"]) }
                let own = min(Self.interval * (1 << min(failures - 1, 5)), Self.longestPause)
                return max(asked ?? .zero, own * Double.random(in: 0.5...1))
            }
        }
    }

    private func remove(_ count: Int, lost: Int) {
        waiting.withLock { $0.spans.removeFirst(count) }
        meters.count(.spansExported, by: count - lost)
        meters.count(.spansDropped, by: lost)
    }

    private func failed() -> Int {
        waiting.withLock { waiting in
            waiting.failures += 1
            return waiting.failures
        }
    }

    private func settled() -> Int {
        waiting.withLock { waiting in
            defer { waiting.failures = 0 }
            return waiting.failures
        }
    }

    private func send(_ spans: [FinishedSpan]) async -> ExportAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: FinishedSpan.request(spans, service: service).text))
        do {
            let response = try await http.execute(request, timeout: .seconds(5))
            return ExportAnswer(response, body: try await response.body.collect(upTo: 1 << 20))
        } catch {
            return .later(nil, "\(error)")
        }
    }
}
