public import StepstreamJSON

extension Problem {
    /// The problem as a JSON object.
    public var json: JSONText { JSONText.object(members) }

    /// The problem as the error of an operation: with the step that failed and how often it was tried.
    func json(step: Name, attempts: Int) -> JSONText { json.adding(step: step, attempts: attempts) }

    private var members: [(String, JSONText.Fragment)] {
        var members: [(String, JSONText.Fragment)] = [("type", .string(type)), ("title", .string(title))]
        if let status { members.append(("status", .integer(Int64(status)))) }
        if let detail { members.append(("detail", .string(detail))) }
        if let cause { members.append(("cause", .raw(cause))) }
        return members
    }
}

extension JSONText {
    /// The object with an `undo` member added at its end.
    func addingUndo(_ report: UndoReport) -> JSONText { adding([("undo", .raw(report.json))]) }

    /// A problem object as the error of an operation: with the step that failed and how often it was tried.
    func adding(step: Name, attempts: Int) -> JSONText {
        adding([("step", .string(step.text)), ("attempts", .integer(Int64(attempts)))])
    }

    /// The object, which has members, with `members` added at its end.
    private func adding(_ members: [(String, Fragment)]) -> JSONText {
        JSONText(trusted: String(text.dropLast()) + "," + JSONText.object(members).text.dropFirst())
    }
}
