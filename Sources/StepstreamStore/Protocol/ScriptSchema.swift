/// What a script file takes and answers, by name.
struct ScriptSchema: Sendable {
    /// Names that stand one behind the other, with what they stand in.
    struct Row: Sendable {
        let label: String
        let names: [String]
    }

    /// The keys that are named by their position.
    let keys: Row?
    /// What is taken of the arguments.
    let arguments: [Row]
    /// What is read of Redis in an order that the caller gives.
    let reads: [Row]
    let answers: [Row]
    /// The texts that stand for what became of what was asked.
    let codes: [String]

    init(
        keys: (any Positions.Type)? = nil,
        arguments: [any Positions.Type] = [],
        reads: [any Positions.Type] = [],
        answers: [any Positions.Type] = [],
        codes: (any ScriptCode.Type)? = nil
    ) {
        self.keys = keys.map { Self.row($0) }
        self.arguments = arguments.map { Self.row($0) }
        self.reads = reads.map { Self.row($0) }
        self.answers = answers.map { Self.row($0) }
        self.codes = codes.map { Self.names(of: $0) } ?? []
    }

    /// What stands at the head of the file, a line a row.
    var head: [String] {
        let rows = [keys].compactMap(\.self) + arguments + reads + answers + (codes.isEmpty ? [] : [Row(label: "codes", names: codes)])
        return rows.map { "-- \($0.label): " + $0.names.joined(separator: " ") }
    }

    private static func row<Positioned: Positions>(_ type: Positioned.Type) -> Row {
        let label =
            switch String(describing: type) {
            case "Key": "KEYS"
            case "Argument": "ARGV"
            case let name: snakeCase(name)
            }
        return Row(label: label, names: Positioned.allCases.map { snakeCase(String(describing: $0)) })
    }

    private static func names<Code: ScriptCode>(of _: Code.Type) -> [String] { Code.allCases.map(\.rawValue) }

    /// `knewOfCancel` as Lua has it: `knew_of_cancel`.
    private static func snakeCase(_ name: String) -> String {
        var text = ""
        for character in name {
            if character.isUppercase, !text.isEmpty { text.append("_") }
            text += character.lowercased()
        }
        return text
    }

    /// By the name of the file. A file that is not here takes and answers nothing by position.
    static let all: [String: ScriptSchema] = [
        "prelude": .init(keys: TransitionCall.Key.self, arguments: [TransitionCall.Head.self]),
        "templates": .init(
            arguments: [
                TransitionCall.Template.self, TransitionCall.Message.self, TransitionCall.Varying.self, TransitionCall.Webhook.self,
                TransitionCall.Rest.self, TransitionCall.Timer.self,
            ]
        ),
        "submit": .init(
            arguments: [SubmitScript.Shared.self, TransitionCall.Operations.self, SubmitScript.Submission.self],
            codes: SubmitScript.Code.self
        ),
        "begin": .init(
            keys: BeginScript.Key.self,
            arguments: [BeginScript.Argument.self, BeginScript.Kind.self, TransitionCall.Operations.self, BeginScript.Message.self],
            reads: [BeginScript.State.self],
            answers: [BeginScript.Begun.self],
            codes: BeginScript.Code.self
        ),
        "commit": .init(
            arguments: [CommitScript.Shared.self, TransitionCall.Operations.self, CommitScript.Attempt.self],
            codes: CommitCode.self
        ),
        "apply": .init(arguments: [ApplyScript.Argument.self], codes: CommitCode.self),
        "renew": .init(arguments: [RenewScript.Argument.self, RenewScript.Lease.self], codes: RenewScript.Code.self),
        "snooze": .init(
            keys: SnoozeScript.Key.self,
            arguments: [SnoozeScript.Argument.self, SnoozeScript.Message.self],
            codes: SnoozeScript.Code.self
        ),
        "reserve": .init(
            keys: ReserveScript.Key.self,
            arguments: [ReserveScript.Argument.self],
            answers: [ReserveScript.Answer.self],
            codes: ReserveScript.Code.self
        ),
        "answer": .init(keys: AnswerScript.Key.self, arguments: [AnswerScript.Argument.self]),
        "release": .init(keys: ReleaseScript.Key.self, arguments: [ReleaseScript.Argument.self]),
        "delete": .init(keys: DeleteScript.Key.self, arguments: [DeleteScript.Argument.self], codes: DeleteScript.Code.self),
        "group": .init(keys: GroupScript.Key.self, arguments: [GroupScript.Queue.self]),
        "retire": .init(keys: RetireScript.Key.self, arguments: [RetireScript.Argument.self]),
        "delivery": .init(keys: DeliveryCall.Key.self),
        "route": .init(
            keys: RouteScript.Key.self,
            arguments: [RouteScript.Argument.self, RouteScript.Event.self, RouteScript.Receiver.self]
        ),
        "claim": .init(arguments: [ClaimScript.Argument.self, ClaimScript.Delivery.self], answers: [ClaimScript.Answer.self]),
        "settle": .init(keys: SettleScript.Key.self, arguments: [SettleScript.Argument.self], codes: SettleScript.Code.self),
        "replay": .init(keys: ReplayScript.Key.self, arguments: [ReplayScript.Argument.self], codes: ReplayScript.Code.self),
        "due": .init(keys: DueScript.Key.self, arguments: [DueScript.Argument.self], answers: [DueScript.Answer.self]),
        "promote": .init(keys: PromoteScript.Key.self, arguments: [PromoteScript.Timer.self]),
        "deadlines": .init(keys: DeadlinesScript.Key.self, arguments: [DeadlinesScript.Argument.self, DeadlinesScript.Deadline.self]),
        "reconcile": .init(
            keys: ReconcileScript.Key.self,
            arguments: [ReconcileScript.Argument.self, ReconcileScript.Operation.self, ReconcileScript.Record.self],
            answers: [ReconcileScript.Answer.self]
        ),
        "trim": .init(keys: TrimScript.Key.self, arguments: [TrimScript.Operation.self]),
        "turn": .init(keys: TurnScript.Key.self, arguments: [TurnScript.Argument.self]),
        "register": .init(keys: RegisterScript.Key.self, arguments: [RegisterScript.Argument.self]),
    ]
}
