extension Decisions {
    /// The work of `operation` that is not over, in the order in which it comes: once it is being rolled back the undos that are left, and
    /// one that failed for good, which a person decides about; before that its steps.
    package func open(in operation: Operation) -> [Work] {
        guard !operation.status.isEnded else { return [] }
        switch operation.phase {
        case .undoing, .undoFailed:
            return undoable(in: operation).map { Work(.undo, $0.name) }.filter { work in
                guard let status = operation.record(work)?.status else { return false }
                return !status.isEnded || status == .failed
            }
        default:
            return definition.steps.map { Work(.forward, $0.name) }.filter { !(operation.record($0)?.status.isEnded ?? false) }
        }
    }
}
