extension EventDraft {
    static func step(_ kind: Event.Kind, _ work: Work) -> EventDraft {
        // A name has nothing to escape.
        EventDraft(kind, data: JSONText(trusted: "{\"step\":\"" + work.step.text + "\"}"))
    }

    static func failed(_ work: Work, problem: JSONText) -> EventDraft {
        EventDraft(.stepFailed, data: .object(["step": .string(work.step.text), "problem": .raw(problem)]))
    }

    static func held(_ work: Work, problem: Problem) -> EventDraft {
        EventDraft(.stepHeld, data: .object(["step": .string(work.step.text), "problem": .raw(problem.json)]))
    }

    static func retrying(_ work: Work, attempt: Int, delay: Milliseconds, problem: Problem) -> EventDraft {
        EventDraft(
            .stepRetrying,
            data: .object([
                "step": .string(work.step.text), "action": .string(work.action.rawValue), "attempt": .integer(Int64(attempt)),
                "delayMilliseconds": .integer(delay.count), "problem": .raw(problem.json),
            ])
        )
    }

    static func acted(_ act: OperatorAct, _ work: Work, _ note: OperatorNote) -> EventDraft {
        var members: [(String, JSONText.Fragment)] = [
            ("act", .string(act.name)), ("step", .string(work.step.text)), ("action", .string(work.action.rawValue)),
        ]
        if let by = note.by { members.append(("by", .string(by))) }
        if let reason = note.reason { members.append(("reason", .string(reason))) }
        return EventDraft(.acted, data: .object(members))
    }
}
