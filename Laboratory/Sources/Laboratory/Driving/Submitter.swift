import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Submits operations over HTTP, writes down each request before it is sent and each answer before it is believed.
struct Submitter: Sendable {
    let rig: Rig
    /// How long an operation whose fate is unknown, or that was refused, is sent again.
    var patience = Duration.seconds(60)
    /// Whether what was refused is sent again, under another ID.
    var repeatsRefused = true

    /// What an answer says about a submission.
    private enum Fate {
        case accepted(String)
        case refused
        case unknown
    }

    /// Submits so many operations a second, `limit` at once at most, and returns when the fate of each is known.
    func run(_ count: Int, rate: Double, limit: Int = 64, make: @Sendable (Int) -> Order) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= limit { try await group.next() }
                let due = start + .seconds(Double(number) / rate)
                if due > .now { try await Task.sleep(until: due) }
                let order = make(number)
                group.addTask { try await submit(order, through: number) }
            }
            try await group.waitForAll()
        }
    }

    /// Submits one operation until its fate is known.
    ///
    /// - Returns: the ID it was accepted under; nil when it was not.
    @discardableResult
    func submit(_ order: Order, through api: Int = 0) async throws -> String? {
        let deadline = ContinuousClock.now + patience
        var order = order
        var tries = 0
        let name = order.id
        repeat {
            tries += 1
            await rig.submissions.append("request \(order.id) \(order.type)")
            switch await send(order, to: api + tries - 1) {
            case .accepted(let id):
                await accepted(id, order)
                if let time = order.cancelAfter { try await cancel(id, after: time, through: api) }
                return id
            case .refused:
                await rig.submissions.append("refused \(order.id) \(order.type)")
                if order.key == nil {
                    rig.tally.refuse(order.id)
                    order.id = "\(name)-r\(tries)"
                }
                guard repeatsRefused else { return nil }
            case .unknown:
                await rig.submissions.append("unknown \(order.id) \(order.type)")
            }
            try await Task.sleep(for: .milliseconds(50 * min(tries, 10)))
        } while ContinuousClock.now < deadline
        return nil
    }

    private func accepted(_ id: String, _ order: Order) async {
        if let key = order.key { await rig.submissions.append("bound \(id) \(key)") }
        await rig.submissions.append("accepted \(id) \(order.type)")
        rig.tally.accept(id)
    }

    private func send(_ order: Order, to api: Int) async -> Fate {
        var request = HTTPClientRequest(url: rig.url(api) + "/v1/operations")
        request.method = .POST
        request.headers = ["Content-Type": "application/json"]
        if let key = order.key {
            request.headers.add(name: "Idempotency-Key", value: "\"\(key)\"")
        } else {
            request.headers.add(name: "Operation-Id", value: order.id)
        }
        do {
            request.body = .bytes(ByteBuffer(bytes: try body(of: order)))
            let response = try await rig.client.execute(request, timeout: .seconds(10))
            let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
            if let id = response.headers.first(name: "Operation-Id"), response.status != .serviceUnavailable { return .accepted(id) }
            if response.status == .conflict { return .unknown }
            return response.status == .serviceUnavailable && !text.contains("Nothing was accepted") ? .unknown : .refused
        } catch {
            return .unknown
        }
    }

    private struct Body: Encodable {
        struct Input: Encodable { var acts: [String: [String]] }
        var type: String
        var input: Input
        var notBefore: String?
    }

    private func body(of order: Order) throws -> Data {
        var body = Body(type: order.type, input: .init(acts: order.acts))
        if let time = order.notBefore {
            body.notBefore = Date.now.addingTimeInterval(Double(time) / 1000).ISO8601Format(.iso8601(timeZone: .gmt, includingFractionalSeconds: true))
        }
        let encoder = JSONEncoder()
        // The same bytes at every repetition, or it is another request.
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(body)
    }

    private func cancel(_ id: String, after time: Int64, through api: Int) async throws {
        try await Task.sleep(for: .milliseconds(time))
        var request = HTTPClientRequest(url: rig.url(api) + "/v1/operations/\(id):cancel")
        request.method = .POST
        do {
            let response = try await rig.client.execute(request, timeout: .seconds(10))
            _ = try await response.body.collect(upTo: 1 << 20)
        } catch {
            // A request to cancel may be lost as any other; what becomes of the operation is watched all the same.
            return
        }
    }
}
