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
        case .retry: "The failed, held or waiting step is retried at once, under the same idempotency key."
        case .skip: "A failed undo is skipped; a held step counts as done, with the result you give."
        case .undo: "The step ends as failed, and the steps before it are undone, newest first."
        case .cancel: "Running steps are asked to stop; completed steps are undone if they can be. Past its pivot, an operation goes on."
        }
    }

    /// Whether it asks for who gives the command and why.
    var takesNote: Bool {
        switch self {
        case .retry, .skip, .undo: true
        case .cancel: false
        }
    }
}
