/// A step as far as it could be read.
struct PartialStep {
    var name: Name?
    var mode: Step.Mode?
    var undo: Undo?
    /// The step, when nothing was wrong with it.
    var whole: Step?
}

extension DefinitionReader {
    package static let stepMembers = ["name", "mode", "queue", "handler", "timeout", "retry", "onUnknown", "probe", "undo"]

    mutating func step(_ members: LocatedMembers) -> PartialStep {
        let before = faults.count
        let name = required("name", in: members).flatMap { self.name($0, named: "name") }
        let mode = members["mode"].map { choice($0, "mode", Step.Mode.self) } ?? .async
        let queue = members["queue"].map { self.name($0, named: "queue") } ?? Step.defaultQueue
        let handler = required("handler", in: members).flatMap { self.handler($0) }
        let timeout = members["timeout"].map { timeoutValue($0) } ?? Step.defaultTimeout
        let retry = members["retry"].map { retryPolicy($0, defaults: RetryPolicy()) } ?? RetryPolicy()
        let onUnknown = unknownPolicy(members)
        let undo = members["undo"].map { undoValue($0) } ?? Undo.none
        var step = PartialStep(name: name, mode: mode, undo: undo)
        if let name, let mode, let queue, let handler, let timeout, let retry, let onUnknown, let undo, faults.count == before {
            step.whole = Step(
                name: name,
                mode: mode,
                queue: queue,
                handler: handler,
                timeout: timeout,
                retry: retry,
                onUnknown: onUnknown,
                undo: undo
            )
        }
        return step
    }

    private mutating func undoValue(_ value: LocatedValue) -> Undo? {
        switch value.content {
        case .text("none"): return Undo.none
        case .text("pivot"): return .pivot
        case .map: return compensation(value).map { .handler($0) }
        case .null, .bool, .number, .text, .list:
            let found = value.literal.map { "\"\($0)\"" } ?? value.kind
            report(value.place, words: "undo is \(found)", allowed: "write none, pivot, or a map with a handler")
            return nil
        }
    }

    private mutating func compensation(_ value: LocatedValue) -> Undo.Compensation? {
        guard let members = members(of: value, named: "undo", known: ["handler", "queue", "timeout", "retry"]) else { return nil }
        guard let handler = required("handler", in: members).flatMap({ self.handler($0) }) else { return nil }
        var compensation = Undo.Compensation(handler: handler)
        compensation.queue = members["queue"].flatMap { name($0, named: "queue") }
        if let timeout = members["timeout"].flatMap({ timeoutValue($0) }) { compensation.timeout = timeout }
        if let retry = members["retry"].flatMap({ retryPolicy($0, defaults: compensation.retry) }) { compensation.retry = retry }
        return compensation
    }

    private mutating func unknownPolicy(_ members: LocatedMembers) -> UnknownPolicy? {
        let keyword = members["onUnknown"].map { choice($0, "onUnknown", UnknownPolicy.Keyword.self) } ?? .retry
        let probe = members["probe"].flatMap { self.probe($0) }
        switch keyword {
        case .probe?:
            if members["probe"] == nil, !members.empty.contains("probe") {
                report(
                    members["onUnknown"]?.place ?? members.place,
                    words: "onUnknown is probe without a probe",
                    allowed: "say under probe what is asked"
                )
            }
            return probe.map { .probe($0) }
        case .retry?, .hold?:
            if let value = members["probe"] {
                report(
                    value.place,
                    words: "probe without onUnknown: probe",
                    allowed: "a probe is only asked by a step whose onUnknown is probe"
                )
            }
            return keyword == .hold ? .hold : .retry
        case nil: return nil
        }
    }

    private mutating func probe(_ value: LocatedValue) -> UnknownPolicy.Probe? {
        guard let members = members(of: value, named: "probe", known: ["handler", "timeout"]) else { return nil }
        guard let handler = required("handler", in: members).flatMap({ self.handler($0) }) else { return nil }
        var probe = UnknownPolicy.Probe(handler: handler)
        if let timeout = members["timeout"].flatMap({ timeoutValue($0) }) { probe.timeout = timeout }
        return probe
    }

    private mutating func timeoutValue(_ value: LocatedValue) -> Milliseconds? {
        duration(value, named: "timeout", in: 10...DefinitionReader.day)
    }

    /// The longest time a definition may name: 24 h.
    package static let day = Milliseconds(24 * 3_600_000)
    /// The longest an operation may take in all: 30 days.
    package static let month = Milliseconds(30 * 24 * 3_600_000)

    private mutating func retryPolicy(_ value: LocatedValue, defaults: RetryPolicy) -> RetryPolicy? {
        let known = ["attempts", "firstDelay", "factor", "maxDelay", "jitter"]
        guard let members = members(of: value, named: "retry", known: known) else { return nil }
        let before = faults.count
        var policy = defaults
        if let attempts = members["attempts"].flatMap({ integer($0, named: "attempts", in: 1...100) }) { policy.attempts = attempts }
        if let delay = members["firstDelay"].flatMap({ duration($0, named: "firstDelay", in: 0...DefinitionReader.day) }) {
            policy.firstDelay = delay
        }
        if let factor = members["factor"].flatMap({ number($0, named: "factor", in: 1...100) }) { policy.factor = factor }
        if let delay = members["maxDelay"].flatMap({ duration($0, named: "maxDelay", in: 0...DefinitionReader.day) }) {
            policy.maxDelay = delay
        }
        if let jitter = members["jitter"].flatMap({ choice($0, "jitter", RetryPolicy.Jitter.self) }) { policy.jitter = jitter }
        if faults.count == before, policy.firstDelay > policy.maxDelay {
            let place = (members["maxDelay"] ?? members["firstDelay"])?.place ?? members.place
            let words = "maxDelay, \(policy.maxDelay.words), is shorter than firstDelay, \(policy.firstDelay.words)"
            report(place, words: words, allowed: "maxDelay is at least firstDelay, and is \(defaults.maxDelay.words) unless written")
        }
        return faults.count == before ? policy : nil
    }
}
