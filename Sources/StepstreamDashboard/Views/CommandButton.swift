import Stepstream
import StepstreamAPI

/// What a person can do about an operation.
enum CommandButton: String, CaseIterable, Sendable {
    case retry, skip, undo, cancel

    var title: String {
        switch self {
        case .retry: "Retry"
        case .skip: "Skip"
        case .undo: "Undo"
        case .cancel: "Cancel"
        }
    }

    var question: String {
        switch self {
        case .retry: "Try again now?"
        case .skip: "Skip it?"
        case .undo: "Give up and roll back?"
        case .cancel: "Cancel the operation?"
        }
    }

    var consequence: String {
        switch self {
        case .retry: "What failed, is held or waits is tried again at once, under the same idempotency key."
        case .skip: "A failed undo is passed over; a held step is taken as done with the result you give."
        case .undo: "The step is given up, and the steps before it are undone, newest first."
        case .cancel: "What runs is told to stop, and what was done is undone where the definition says how. Past a pivot it goes on."
        }
    }

    /// Whether it asks who acts and why.
    var takesNote: Bool {
        switch self {
        case .retry, .skip, .undo: true
        case .cancel: false
        }
    }
}
