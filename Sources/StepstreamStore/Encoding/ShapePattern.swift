import Stepstream

/// All that the shape of a transition is made from. Comparing two is much cheaper than writing both shapes and comparing these.
struct ShapePattern {
    private let transition: Transition
    /// Of a new operation only: its type, tenant and definition.
    private let creation: Creation?
    /// Of each change that depends on it: whether its record has an error, and its attempts.
    private let records: [Record]

    private struct Creation: Equatable {
        let type: Name
        let tenant: Name
        let definition: DefinitionVersion
    }

    private struct Record: Equatable {
        let hasError: Bool
        let attempts: Int
    }

    init(_ transition: Transition, of operation: Operation, isNew: Bool) {
        self.transition = transition
        creation = isNew ? Creation(type: operation.type, tenant: operation.tenant, definition: operation.definition) : nil
        var records: [Record] = []
        for change in transition.changes where change.error == .some(.none) || change.returnsAttempt {
            let record = operation.record(change.work)
            // Only a change that gives its attempt back writes how many there were.
            records.append(Record(hasError: record?.error != nil, attempts: change.returnsAttempt ? record?.attempts ?? 1 : 0))
        }
        self.records = records
    }

    func makesSameShape(as other: ShapePattern) -> Bool {
        let (one, two) = (transition, other.transition)
        return creation == other.creation && records == other.records && one.status == two.status && one.phase == two.phase
            && (one.result == nil) == (two.result == nil) && one.requestsCancel == two.requestsCancel && one.timesOut == two.timesOut
            && one.dropsCancel == two.dropsCancel && one.ends == two.ends && one.needsAttention == two.needsAttention
            && one.events == two.events && one.changes.elementsEqual(two.changes, by: Self.areAlike)
            && one.messages.elementsEqual(two.messages, by: Self.areAlike)
    }

    private static func areAlike(_ one: StepChange, _ two: StepChange) -> Bool {
        var two = two
        // Both are written as own fields. Whether there is a result says which step's is the operation's.
        if one.result != nil, two.result != nil { two.result = one.result }
        if case .some(.some) = one.error, case .some(.some) = two.error { two.error = one.error }
        return one == two
    }

    private static func areAlike(_ one: Message, _ two: Message) -> Bool {
        one.work == two.work && one.queue == two.queue && one.definition == two.definition
    }
}
