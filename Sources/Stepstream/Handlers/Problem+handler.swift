extension Problem {
    /// The problem of a message that this worker cannot run.
    public static func noHandler(_ handler: HandlerReference?) -> Problem {
        let name =
            switch handler {
            case .swift(let name): "Swift handler \"\(name)\""
            case .http: "HTTP handler"
            case .exec: "exec handler"
            case nil: "step of that name"
            }
        return Problem(.noHandler, detail: "The worker that claimed it has no \(name). It was snoozed; start a worker that has it.")
    }
}
