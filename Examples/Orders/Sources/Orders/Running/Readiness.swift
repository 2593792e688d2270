import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Waits for `GET /readyz` to say yes.
struct Readiness: Sendable {
    let http: HTTPClient
    let base: String

    /// - Throws: `OrdersFailure` with what it said last.
    func wait(atMost time: Duration, log: URL) async throws {
        let deadline = ContinuousClock.now + time
        var last = "no answer"
        while true {
            do {
                let response = try await http.execute(HTTPClientRequest(url: "\(base)/readyz"), timeout: .seconds(5))
                let body = try await response.body.collect(upTo: 1 << 20)
                if response.status == .ok { return }
                last = String(buffer: body)
            } catch let error as HTTPClientError where error != .cancelled {
                last = "\(error)"
            } catch let error as any ConnectionFailure {
                last = "\(error)"
            }
            guard ContinuousClock.now < deadline else {
                throw OrdersFailure("\(base)/readyz does not say yes after \(time): \(last). See \(log.path(percentEncoded: false)).")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
