import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Submits operations over HTTP, writes down each request before it is sent and each answer before it is believed.
struct OrderSubmitter: Sendable {
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
    ///
    /// - Parameters:
    ///   - rate: how many a second.
    ///   - limit: how many at once.
    ///   - goesOn: whether there is one more after so many.
    ///   - make: the operation of a number.
    /// - Throws: when the program refuses what should be right, or the task is canceled.
    func run(rate: Double, limit: Int = 128, while goesOn: (Int) -> Bool, make: @escaping @Sendable (Int) -> Order) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            var number = 0
            while goesOn(number) {
                if number >= limit { try await group.next() }
                let due = start + .seconds(Double(number) / rate)
                if due > .now { try await Task.sleep(until: due) }
                let order = make(number)
                group.addTask { [number] in try await submit(order, through: number) }
                number += 1
            }
            try await group.waitForAll()
        }
    }

    /// Submits `count` operations as fast as the answers come, `limit` at once at most.
    ///
    /// - Throws: as above.
    func run(_ count: Int, limit: Int = 128, make: @escaping @Sendable (Int) -> Order) async throws {
        try await run(rate: 100_000, limit: limit, while: { $0 < count }, make: make)
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
            switch try await send(order, to: api + tries - 1) {
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

    private func send(_ order: Order, to api: Int) async throws -> Fate {
        var request = HTTPClientRequest(url: rig.url(api) + "/v1/operations")
        request.method = .POST
        request.headers = ["Content-Type": "application/json"]
        if let key = order.key {
            request.headers.add(name: "Idempotency-Key", value: "\"\(key)\"")
        } else {
            request.headers.add(name: "Operation-Id", value: order.id)
        }
        if let durability = order.durability { request.headers.add(name: "Prefer", value: "durability=\(durability)") }
        do {
            request.body = .bytes(ByteBuffer(string: order.body))
            let response = try await rig.client.execute(request, timeout: .seconds(10))
            let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
            if let id = response.headers.first(name: "Operation-Id"), response.status != .serviceUnavailable { return .accepted(id) }
            if response.status == .conflict { return .unknown }
            guard response.status.code >= 500 || response.status == .tooManyRequests else {
                throw LaboratoryError("The program calls a request wrong: \(response.status.code) \(text)")
            }
            return response.status == .serviceUnavailable && !text.contains("Nothing was accepted") ? .unknown : .refused
        } catch let error as LaboratoryError {
            throw error
        } catch {
            return .unknown
        }
    }

    private func cancel(_ id: String, after time: Int64, through api: Int) async throws {
        try await Task.sleep(for: .milliseconds(time))
        var request = HTTPClientRequest(url: rig.url(api) + "/v1/operations/\(id):cancel")
        request.method = .POST
        do {
            let response = try await rig.client.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 4 << 20)
            // What it was told counts: an operation whose end was told has that end.
            if let document = try? JSONDecoder().decode(OperationDocument.self, from: Data(body.readableBytesView)), document.isEnded {
                await rig.statuses.append("\(id) \(document.words) told")
            }
        } catch {
            // A request to cancel may be lost as any other; what becomes of the operation is watched all the same.
            return
        }
    }
}
