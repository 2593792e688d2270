import Foundation

/// An operation as `GET /v1/operations/{id}` returns it; members that the replay does not need are skipped.
package struct OperationView: Decodable, Sendable {
    package struct Step: Decodable, Sendable {
        package var name: String
        package var status: String
        package var attempts: Int?
        /// Whether the last attempt's outcome is unknown.
        package var uncertain: Bool?
        package var undo: Undo?
    }

    /// What became of a step's undo: an object with a status, or the bare status.
    package struct Undo: Decodable, Sendable {
        package var status: String

        private enum Key: String, CodingKey { case status }

        package init(from decoder: any Decoder) throws {
            if let bare = try? decoder.singleValueContainer().decode(String.self) {
                status = bare
            } else {
                status = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .status)
            }
        }
    }

    package struct Failure: Decodable, Sendable {
        package struct Report: Decodable, Sendable {
            package var undone: [String]?
            package var failed: [String]?
            package var kept: [String]?
        }

        package var type: String?
        package var title: String?
        package var detail: String?
        package var cause: Cause?
        package var undo: Report?
    }

    /// The problem that a handler answered, within Stepstream's own.
    package struct Cause: Decodable, Sendable {
        package var type: String?
    }

    package var id: String
    package var status: String
    package var phase: String?
    package var steps: [Step]
    package var error: Failure?

    package var hasEnded: Bool { ["Succeeded", "Failed", "Canceled"].contains(status) && phase != "undoing" }

    /// What became of the order.
    package func followed(_ order: Order) -> FollowedOrder {
        let outcome: FollowedOrder.Outcome =
            switch status {
            case "Succeeded": .succeeded
            case "Canceled": .canceled
            case "Failed": .failed(reason: error?.reason ?? "without a reason")
            default: .unfinished(reason: status)
            }
        return FollowedOrder(
            order: order,
            operation: id,
            outcome: outcome,
            holds: Dictionary(uniqueKeysWithValues: Effect.allCases.map { ($0, hold($0)) }),
            retries: steps.reduce(0) { $0 + max(0, ($1.attempts ?? 1) - 1) }
        )
    }

    private func hold(_ effect: Effect) -> FollowedOrder.Hold {
        guard let step = steps.first(where: { $0.name == effect.step }) else { return .nothing }
        let report = error?.undo
        if report?.undone?.contains(step.name) == true || step.undo?.status == "Succeeded" || step.status == "Undone" { return .nothing }
        if report?.failed?.contains(step.name) == true || step.undo?.status == "Failed" || step.uncertain == true { return .allOrNothing }
        return step.status == "Succeeded" ? .all : .nothing
    }
}

extension OperationView.Failure {
    /// The end of the type's path, of the handler's own problem if there is one; else the title.
    package var reason: String {
        let type = [cause?.type, type].compactMap { $0 }.first { $0 != "about:blank" && !$0.isEmpty }
        return type?.split(separator: "/").last.map(String.init) ?? title ?? "without a reason"
    }
}
