public import AsyncHTTPClient
public import Logging
import NIOCore
import NIOHTTP1
public import ServiceLifecycle
public import Stepstream
import Synchronization

/// Sends spans to a collector by OTLP over HTTP, as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp), every second in batches.
///
/// Spans wait in a bounded queue: what does not fit, and what the collector does not take, is lost and counted.
public final class SpanExporter: Service {
    /// The most spans that wait.
    public static let most = 8192
    private static let batch = 512

    private let url: String
    private let service: [(String, String)]
    private let http: HTTPClient
    private let clock: any MonotonicClock
    private let logger: Logger
    private let waiting = Mutex<[FinishedSpan]>([])
    private let meters: Meters

    /// An exporter to the collector at `endpoint`, whose path `/v1/traces` takes the spans.
    public init(
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
            guard waiting.count < Self.most else { return false }
            waiting.append(span)
            return true
        }
        if !fits { meters.count(.spansDropped) }
    }

    /// Sends until a graceful shutdown or cancelation, and then what is left.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // Canceled only at the end: the loop's condition sees it.
                do { try await self.clock.sleep(until: self.clock.now + .seconds(1)) } catch { break }
                await self.flush()
            }
        }
        await flush()
    }

    /// Sends all that waits; ends with the first batch that is not taken.
    public func flush() async {
        var isTaken = true
        while isTaken {
            let spans = waiting.withLock { waiting in
                let spans = Array(waiting.prefix(Self.batch))
                waiting.removeFirst(spans.count)
                return spans
            }
            guard !spans.isEmpty else { return }
            isTaken = await send(spans)
            if isTaken {
                meters.count(.spansExported, by: spans.count)
            } else {
                meters.count(.spansDropped, by: spans.count)
            }
        }
    }

    private func send(_ spans: [FinishedSpan]) async -> Bool {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: FinishedSpan.request(spans, service: service).text))
        do {
            let response = try await http.execute(request, timeout: .seconds(5))
            _ = try await response.body.collect(upTo: 1 << 20)
            if (200..<300).contains(response.status.code) { return true }
            logger.warning("Spans were not taken", metadata: [LogKey.error: "\(response.status)"])
        } catch {
            logger.warning("Spans were not taken", metadata: [LogKey.error: "\(error)"])
        }
        return false
    }
}
