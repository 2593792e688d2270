enum SubmitScript {
    enum Shared: Int, Positions { case tenant, definition }
    enum Submission: Int, Positions { case template }
    enum Code: String, ScriptCode {
        case accepted, exists, conflict
        case unknownDefinition = "unknown-definition"
    }
}

enum ApplyScript {
    enum Argument: Int, Positions { case operation, version, knewOfCancel, cancels, template }
}

/// What commit and apply answer.
enum CommitCode: String, ScriptCode { case applied, changed, lost }

enum ReserveScript {
    enum Key: Int, Positions { case record }
    enum Argument: Int, Positions { case id, fingerprint, life, request, acceptance }
    enum Answer: Int, Positions { case code, value, age }
    enum Code: String, ScriptCode { case reserved, bound, accepting, answered, conflict }
}

enum AnswerScript {
    enum Key: Int, Positions { case record }
    enum Argument: Int, Positions { case id, answer, life }
}

enum ReleaseScript {
    enum Key: Int, Positions { case record }
    enum Argument: Int, Positions { case request, isNew }
}

enum DeleteScript {
    enum Key: Int, Positions { case operation, ended, attention, ledger, ledgers }
    enum Argument: Int, Positions { case id }
    enum Code: String, ScriptCode {
        case deleted
        case notEnded = "not-ended"
        case absent
    }
}
