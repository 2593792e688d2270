import StepstreamJSON

extension EventDraft {
    static func step(_ kind: Event.Kind, of work: Work) -> EventDraft {
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
                "step": .string(work.step.text), "direction": .string(work.direction.rawValue), "attempt": .integer(Int64(attempt)),
                "delayMilliseconds": .integer(delay.count), "problem": .raw(problem.json),
            ])
        )
    }

    static func commanded(_ command: OperatorCommand, work: Work, note: OperatorNote) -> EventDraft {
        var members: [(String, JSONText.Fragment)] = [
            ("command", .string(command.name)), ("step", .string(work.step.text)), ("direction", .string(work.direction.rawValue)),
        ]
        if let by = note.by { members.append(("by", .string(by))) }
        if let reason = note.reason { members.append(("reason", .string(reason))) }
        return EventDraft(.commanded, data: .object(members))
    }
}
