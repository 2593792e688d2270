package import Foundation

/// Submits orders as operations, follows each to its end and checks the totals.
package struct Replay: Sendable {
    private let catalogue: Catalogue
    /// Where the services keep their databases and the mail is.
    private let folder: URL
    private let client: StepstreamClient
    private let concurrency: Int
    private let strict: Bool

    package init(catalogue: Catalogue, folder: URL, client: StepstreamClient, concurrency: Int, strict: Bool) {
        self.catalogue = catalogue
        self.folder = folder
        self.client = client
        self.concurrency = max(1, concurrency)
        self.strict = strict
    }

    /// Replays all orders. Doing it again finds the operations of the first time, and the same totals.
    package func run(progress: Progress) async throws -> Summary {
        let start = ContinuousClock.now
        let followed = try await follow(progress: progress)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let totals = Totals(orders: followed, products: catalogue.products, books: try Books(folder: folder))
        return Summary(orders: followed, checks: try totals.checks(strict: strict), seconds: seconds)
    }

    private func follow(progress: Progress) async throws -> [FollowedOrder] {
        try await withThrowingTaskGroup(of: FollowedOrder.self) { group in
            var waiting = catalogue.orders.makeIterator()
            for _ in 0..<concurrency {
                guard let order = waiting.next() else { break }
                group.addTask { try await follow(order) }
            }
            var ended: [FollowedOrder] = []
            while let followed = try await group.next() {
                ended.append(followed)
                progress.note(followed)
                if let order = waiting.next() { group.addTask { try await follow(order) } }
            }
            return ended.sorted { $0.order.orderId < $1.order.orderId }
        }
    }

    private func follow(_ order: Order) async throws -> FollowedOrder {
        switch try await client.submit(order) {
        case .refused(let reason):
            return FollowedOrder(order: order, operation: nil, outcome: .refused(reason: reason))
        case .operation(let id):
            switch try await client.end(of: id) {
            case .operation(let view): return view.followed(order)
            case .unknown:
                return FollowedOrder(order: order, operation: id, outcome: .unfinished(reason: "Stepstream has forgotten the operation"))
            }
        }
    }
}
