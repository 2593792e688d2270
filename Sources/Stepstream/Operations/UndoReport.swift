import StepstreamJSON

/// What became of the finished steps of an operation that did not succeed.
struct UndoReport: Sendable, Hashable {
    /// Taken back.
    var undone: [Name] = []
    /// Their undo failed for good.
    var failed: [Name] = []
    /// An operator passed their undo over.
    var skipped: [Name] = []
    /// Kept, because the definition has no undo for them or a pivot was passed.
    var kept: [Name] = []

    var json: JSONText {
        let list = { (names: [Name]) in JSONText.array(names.map { .string($0.text) }) }
        return .object([
            "undone": .raw(list(undone)), "failed": .raw(list(failed)), "skipped": .raw(list(skipped)), "kept": .raw(list(kept)),
        ])
    }
}
