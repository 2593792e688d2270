/// The first commands on every connection, and what their replies mean. A value without I/O.
///
/// All are sent in one write. PING is among them, because a server that wants a password, or still loads its data, says so only
/// in reply to a command. Where sentinels named the server, ROLE is the last: they may be behind.
struct Login {
    enum Step: Equatable {
        case authenticate
        case select
        case name
        case identify
        case ping
        case role
    }

    enum Action {
        case next
        case done
        case failed(RedisError)
    }

    private let configuration: RedisConfiguration
    private(set) var steps: [Step]
    /// The server's number for this connection, if it was asked for.
    private(set) var clientID: Int?
    /// The last refusal that does no harm.
    private(set) var warning: RedisError?

    /// `identify` asks for the connection's number, which `CLIENT UNBLOCK` needs.
    init(_ configuration: RedisConfiguration, identify: Bool) {
        self.configuration = configuration
        steps = []
        if configuration.password != nil || configuration.username != nil { steps.append(.authenticate) }
        if configuration.database != 0 { steps.append(.select) }
        if configuration.clientName != nil { steps.append(.name) }
        if identify { steps.append(.identify) }
        steps.append(.ping)
        if configuration.sentinels != nil { steps.append(.role) }
    }

    /// What to send, in the order of the steps.
    var commands: [RedisCommand] {
        steps.map { step in
            switch step {
            case .authenticate: authentication
            case .select: RedisCommand("SELECT", configuration.database)
            case .name: RedisCommand("CLIENT", "SETNAME", configuration.clientName ?? "")
            case .identify: RedisCommand("CLIENT", "ID")
            case .ping: RedisCommand("PING")
            case .role: RedisCommand("ROLE")
            }
        }
    }

    private var authentication: RedisCommand {
        let password = configuration.password ?? ""
        // The form with one argument is the only one that servers with `requirepass` before Redis 6 know.
        guard let username = configuration.username else { return RedisCommand("AUTH", password) }
        return RedisCommand("AUTH", username, password)
    }

    mutating func received(_ reply: RedisReply) -> Action {
        let step = steps.removeFirst()
        if let error = reply.error?.withoutSecret(configuration.password) {
            if let failure = failure(of: step, error: error) { return .failed(failure) }
            warning = error
        } else if !Self.answers(step, reply: reply) {
            // A greeting nobody asked for would shift every later reply by one.
            return .failed(
                RedisError(
                    .protocolViolation,
                    "the server does not answer the login as Redis does (\(reply)); is this a Redis server?",
                    class: .configuration
                )
            )
        } else if step == .identify {
            clientID = reply.integer
        } else if step == .role, !reply[0].equals("master") {
            return .failed(Self.notPrimary)
        }
        return steps.isEmpty ? .done : .next
    }

    private static func answers(_ step: Step, reply: RedisReply) -> Bool {
        switch step {
        case .authenticate, .select, .name: reply.equals("OK")
        case .identify: reply.kind == .integer
        case .ping: reply.equals("PONG")
        case .role: reply.count > 0
        }
    }

    /// The error that ends the connection when `step` was answered with `error`; nil if the connection can be used anyway.
    private func failure(of step: Step, error: RedisError) -> RedisError? {
        if Self.endsEveryStep.contains(error.code) || error.message.contains("max number of clients") {
            return explained(error)
        }
        switch step {
        case .authenticate, .select, .role:
            return explained(error)
        case .name, .identify, .ping:
            // Also of a server that will not write (MISCONF, READONLY) or does not let us PING: it still serves commands.
            return nil
        }
    }

    private static let notPrimary = RedisError(
        .notPrimary,
        "the Redis that the sentinels name is not the primary, or not yet",
        class: .notApplied
    )

    private static let endsEveryStep: Set<RedisError.Code> = [
        .authenticationRequired, .wrongPassword, .loading, RedisError.Code("MASTERDOWN"), RedisError.Code("BUSY"),
        RedisError.Code("DENIED"),
    ]

    private func explained(_ error: RedisError) -> RedisError {
        let user = configuration.username.map { "the user \($0)" } ?? "the user default"
        let words =
            switch error.code {
            case .authenticationRequired:
                configuration.password == nil
                    ? "Redis requires a password and none is configured; put it into the Redis URL"
                    : "Redis rejects the login of \(user)"
            case .wrongPassword:
                "Redis does not accept the password of \(user), or that user does not exist or is disabled"
            case .noPermission:
                "the rights (ACL) of \(user) do not suffice to log in; with sentinels they must include ROLE"
            case .loading:
                "Redis is still loading its data"
            default:
                "Redis refused the login"
            }
        return RedisError(
            error.code,
            "\(words): \(error.message)",
            class: error.errorClass == .other ? .configuration : error.errorClass
        )
    }
}
