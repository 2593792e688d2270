/// What became of an order, as Stepstream reported it.
package struct FollowedOrder: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case succeeded
        /// For this reason: the end of the problem's type, or its title.
        case failed(reason: String)
        case canceled
        /// No operation was made of it.
        case refused(reason: String)
        /// It was not seen to end.
        case unfinished(reason: String)
    }

    /// What an order holds of an effect, going by its step.
    package enum Hold: Sendable, Hashable {
        case nothing
        case all
        /// The step's outcome, or that of its undo, is unknown: all or nothing.
        case allOrNothing
    }

    package var order: Order
    /// Nil when no operation was made of it.
    package var operation: String?
    package var outcome: Outcome
    package var holds: [Effect: Hold]
    /// Attempts beyond the first, over all steps.
    package var retries: Int

    package init(order: Order, operation: String?, outcome: Outcome, holds: [Effect: Hold] = [:], retries: Int = 0) {
        self.order = order
        self.operation = operation
        self.outcome = outcome
        self.holds = holds
        self.retries = retries
    }

    package var hasEnded: Bool {
        switch outcome {
        case .succeeded, .failed, .canceled, .refused: true
        case .unfinished: false
        }
    }

    /// What it holds of an effect: a succeeded order has all of them, whatever its steps say.
    func hold(_ effect: Effect) -> Hold {
        switch outcome {
        case .succeeded: .all
        case .failed, .canceled: holds[effect] ?? .nothing
        case .refused: .nothing
        case .unfinished: .allOrNothing
        }
    }
}
