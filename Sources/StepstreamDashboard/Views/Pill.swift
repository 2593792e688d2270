import Stepstream
import StepstreamAPI

/// A state as a small coloured label.
struct Pill {
    /// What the colour says; words say it too.
    enum Tone: String {
        case good, bad, busy, calm, wait, warn
    }

    let words: String
    let tone: Tone

    var html: HTML { HTML(.span, .class("pill \(tone.rawValue)")) { words } }
}

extension Pill {
    init(_ status: Status) {
        words = status.rawValue == "NotStarted" ? "Not started" : status.rawValue
        tone =
            switch status {
            case .notStarted: .wait
            case .running: .busy
            case .succeeded: .good
            case .failed: .bad
            case .canceled: .calm
            }
    }

    init(_ phase: Phase) {
        words = phase.rawValue
        tone =
            switch phase {
            case .scheduled, .queued: .wait
            case .executing: .busy
            case .waiting, .undoFailed: .bad
            case .retrying, .undoing: .warn
            case .undone, .done: .calm
            }
    }

    init(_ status: StepStatus) {
        words = status.rawValue
        tone =
            switch status {
            case .waiting, .queued: .wait
            case .running: .busy
            case .retrying: .warn
            case .held, .failed: .bad
            case .succeeded: .good
            case .canceled, .skipped: .calm
            }
    }

    init(_ state: Delivery.State) {
        words = state.rawValue
        tone =
            switch state {
            case .pending: .wait
            case .delivered: .good
            case .exhausted: .bad
            case .disabled: .warn
            }
    }

    init(_ severity: StoreHealth.Finding.Severity) {
        words = severity.rawValue
        tone =
            switch severity {
            case .ok: .good
            case .warning: .warn
            case .failure: .bad
            }
    }
}
