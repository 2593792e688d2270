import StepstreamJSON

/// Where an operation stands when an operator can act on it.
private enum Standstill {
    /// An undo failed for good.
    case undoFailed(Work)
    /// Nobody knows what the step did.
    case held(Work)
    /// A step or an undo waits for the delay before its next attempt.
    case retrying(Work)

    var commands: [String] {
        switch self {
        case .undoFailed: ["retry", "skip"]
        case .held: ["retry", "skip", "undo"]
        case .retrying(let work): work.direction == .forward ? ["retry", "undo", "cancel"] : ["retry"]
        }
    }
}

extension Decisions {
    /// What an operator's command leads to.
    ///
    /// - Throws: why it is not possible as the operation stands. What has ended never changes.
    package func perform(_ command: OperatorCommand, note: OperatorNote, on operation: Operation) throws(CommandRefusal) -> Transition {
        guard let standstill = standstill(of: operation) else { throw refusal(of: command, on: operation, standing: nil) }
        var transition = Transition()
        switch (command, standstill) {
        case (.retry, .undoFailed(let work)), (.retry, .held(let work)), (.retry, .retrying(let work)):
            tryAgain(work, of: operation, applying: &transition)
        case (.skip(result: nil), .undoFailed(let work)):
            passOver(work, of: operation, applying: &transition)
        case (.skip(let result), .held(let work)):
            takeAsDone(work, of: operation, result: result ?? .null, applying: &transition)
        case (.undo, .held(let work)):
            giveUp(work, of: operation, applying: &transition)
        case (.undo, .retrying(let work)) where work.direction == .forward:
            giveUp(work, of: operation, applying: &transition)
        case (.skip(result: .some), .undoFailed):
            throw CommandRefusal(words: "It is an undo that is to be skipped, and an undo has no result. Leave result out.")
        case (.skip, _), (.undo, _):
            throw refusal(of: command, on: operation, standing: standstill)
        }
        transition.events.insert(.commanded(command, work: standstill.work, note: note), at: 0)
        return transition
    }

    /// The names of what an operator can do about `operation` as it stands, `cancel` included; none once it has ended.
    package func possibleCommands(on operation: Operation) -> [String] {
        guard !operation.status.isEnded else { return [] }
        if let standstill = standstill(of: operation) { return standstill.commands }
        return isGoingBack(operation) || operation.cancelRequested ? [] : ["cancel"]
    }

    private func standstill(of operation: Operation) -> Standstill? {
        guard !operation.status.isEnded else { return nil }
        for step in definition.steps.reversed() {
            switch operation.undos[step.name]?.status {
            case .failed?: return .undoFailed(Work(.undo, step.name))
            case .retrying?: return .retrying(Work(.undo, step.name))
            case .waiting?, .queued?, .running?, .held?, .succeeded?, .canceled?, .skipped?, nil: break
            }
            switch operation.steps[step.name]?.status {
            case .held?: return .held(Work(.forward, step.name))
            case .retrying?: return .retrying(Work(.forward, step.name))
            case .waiting?, .queued?, .running?, .succeeded?, .failed?, .canceled?, .skipped?, nil: break
            }
        }
        return nil
    }

    private func refusal(of command: OperatorCommand, on operation: Operation, standing standstill: Standstill?) -> CommandRefusal {
        let possible: String
        if operation.status.isEnded {
            possible = "It has ended as \(operation.status.rawValue), and that never changes. Submit a new operation instead."
        } else if let standstill {
            possible = "Possible is \(standstill.commands.joined(separator: ", "))."
        } else if isGoingBack(operation) {
            possible = "It is being rolled back; nothing is to be done unless an undo fails."
        } else {
            possible = "It goes on by itself; possible is cancel."
        }
        return CommandRefusal(
            words: "The operation is in phase \(operation.phase.rawValue), where \(command.name) is not possible. \(possible)"
        )
    }

    /// A fresh budget, under the same idempotency key.
    private func tryAgain(_ work: Work, of operation: Operation, applying transition: inout Transition) {
        let message = message(work, of: operation.id)
        var change = StepChange(work, to: .queued)
        // What only waits for its delay has not spent its budget.
        if operation.record(work)?.status != .retrying {
            change.renewsBudget = true
            transition.needsAttention = false
        }
        transition.changes = [change]
        transition.obsoleteTimers = [message]
        transition.messages = [message]
        transition.phase = work.direction == .undo ? .undoing : .queued
    }

    private func passOver(_ work: Work, of operation: Operation, applying transition: inout Transition) {
        transition.changes = [StepChange(work, to: .skipped)]
        transition.needsAttention = false
        undoNext(operation, applying: &transition)
    }

    private func takeAsDone(_ work: Work, of operation: Operation, result: JSONText, applying transition: inout Transition) {
        transition.needsAttention = false
        succeed(work, of: operation, result: result, in: SettleContext(random: 0), applying: &transition)
    }

    private func giveUp(_ work: Work, of operation: Operation, applying transition: inout Transition) {
        let record = operation.record(work)
        let problem = record?.error ?? Problem.givenUp.json
        transition.changes = [StepChange(work, to: .failed)]
        transition.events = [.failed(work, problem: problem)]
        transition.obsoleteTimers = [message(work, of: operation.id)]
        rollBack(operation, because: .failed(work.step, problem, attempts: record?.attempts ?? 0), applying: &transition)
    }
}

extension Standstill {
    fileprivate var work: Work {
        switch self {
        case .undoFailed(let work), .held(let work), .retrying(let work): work
        }
    }
}
