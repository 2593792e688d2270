import Stepstream

/// All that the template of a transition is made from. Comparing two is much cheaper than writing both templates and comparing these.
struct TemplatePattern {
    /// Which script the transition is for, and what that wants to know of all operations of the template.
    enum Purpose {
        /// The operation is new, and submitted with this idempotency key if there is one.
        case submission(definition: Int, idempotencyKey: String?)
        /// What an attempt led to: the message that asked for it, and the number of its stream's key.
        case attempt(Message, stream: Int)
        /// No attempt makes it.
        case apply
    }

    private let transition: Transition
    private let shared: Shared
    private let hasCallback: Bool
    private let hasRest: Bool
    /// Of each change that depends on it: whether its record has an error, and its attempts.
    private let records: [Record]

    /// What the script wants to know of all operations of the template, or which fields of its own a new operation has.
    private enum Shared: Equatable {
        case submission(type: Name, tenant: Name, definition: DefinitionVersion, has: Optionals)
        case attempt(Work, stream: Int, knowsOfCancel: Bool)
        case apply
    }

    private struct Optionals: OptionSet {
        let rawValue: UInt8
        static let metadata = Optionals(rawValue: 1)
        static let resources = Optionals(rawValue: 2)
        static let notBefore = Optionals(rawValue: 4)
        static let traceparent = Optionals(rawValue: 8)
        static let idempotencyKey = Optionals(rawValue: 16)
    }

    private struct Record: Equatable {
        let hasError: Bool
        let attempts: Int
    }

    init(_ transition: Transition, of operation: Operation, for purpose: Purpose, hasRest: Bool) {
        self.transition = transition
        self.hasRest = hasRest
        hasCallback = operation.callback != nil
        shared = Self.shared(of: operation, for: purpose)
        records = Self.records(of: transition, operation: operation)
    }

    private static func shared(of operation: Operation, for purpose: Purpose) -> Shared {
        switch purpose {
        case .submission(_, let key):
            let has = optionals(of: operation, idempotencyKey: key)
            return .submission(type: operation.type, tenant: operation.tenant, definition: operation.definition, has: has)
        case .attempt(let message, let stream):
            return .attempt(message.work, stream: stream, knowsOfCancel: operation.cancelRequested)
        case .apply: return .apply
        }
    }

    private static func records(of transition: Transition, operation: Operation) -> [Record] {
        var records: [Record] = []
        for change in transition.changes where change.error == .some(.none) || change.returnsAttempt {
            let record = operation.record(change.work)
            // Only a change that gives its attempt back writes how many there were.
            records.append(Record(hasError: record?.error != nil, attempts: change.returnsAttempt ? record?.attempts ?? 1 : 0))
        }
        return records
    }

    private static func optionals(of operation: Operation, idempotencyKey: String?) -> Optionals {
        var has: Optionals = []
        if operation.metadata != nil { has.insert(.metadata) }
        if !operation.resources.isEmpty { has.insert(.resources) }
        if operation.notBefore != nil { has.insert(.notBefore) }
        if operation.traceparent != nil { has.insert(.traceparent) }
        if idempotencyKey != nil { has.insert(.idempotencyKey) }
        return has
    }

    /// Whether the pattern made of these would make the same template. It is not made for that, as a transition has many parts to copy.
    func makesTemplate(of other: Transition, operation: Operation, for purpose: Purpose, hasRest: Bool) -> Bool {
        self.hasRest == hasRest && hasCallback == (operation.callback != nil) && shared == Self.shared(of: operation, for: purpose)
            && records == Self.records(of: other, operation: operation)
            && transition.status == other.status && transition.phase == other.phase
            && (transition.result == nil) == (other.result == nil) && (transition.error == nil) == (other.error == nil)
            && transition.requestsCancel == other.requestsCancel && transition.passesDeadline == other.passesDeadline
            && transition.dropsCancel == other.dropsCancel && transition.ends == other.ends
            && transition.needsAttention == other.needsAttention && transition.events == other.events
            && transition.changes.elementsEqual(other.changes, by: Self.areAlike)
            && transition.messages.elementsEqual(other.messages, by: Self.areAlike)
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
