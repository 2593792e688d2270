/// Which commands may go over a connection that many tasks share.
///
/// One blocking command would stop them all, one that changes the connection's state would change it for all, and one that is
/// not answered by exactly one reply would give everybody the reply of somebody else. Breaking the rule is a programmer's error.
enum CommandRule {
    private static let subscribing = "subscriptions have a connection of their own: RedisClient.makeSubscriber()"
    private static let blocking = "it would block every other task's commands: use RedisClient.makeReader()"
    private static let stateful = "it changes the connection for every task that shares it"
    private static let unreadable = "its reply cannot be read on this connection"
    private static let interleaved = "other tasks' commands would run inside the transaction: use a script"

    private static let refused: [String: String] = [
        "SUBSCRIBE": subscribing, "PSUBSCRIBE": subscribing, "SSUBSCRIBE": subscribing,
        "UNSUBSCRIBE": subscribing, "PUNSUBSCRIBE": subscribing, "SUNSUBSCRIBE": subscribing,
        "BLPOP": blocking, "BRPOP": blocking, "BLMOVE": blocking, "BLMPOP": blocking, "BRPOPLPUSH": blocking,
        "BZPOPMIN": blocking, "BZPOPMAX": blocking, "BZMPOP": blocking,
        "MONITOR": unreadable, "SYNC": unreadable, "PSYNC": unreadable, "HELLO": unreadable,
        "AUTH": stateful, "SELECT": stateful, "RESET": stateful, "QUIT": stateful, "READONLY": stateful,
        "READWRITE": stateful, "ASKING": stateful,
        "MULTI": interleaved, "EXEC": interleaved, "DISCARD": interleaved, "WATCH": interleaved, "UNWATCH": interleaved,
    ]

    /// Throws ``RedisError/Code/refusedCommand`` when `command` may not be sent on a shared connection.
    static func check(_ command: RedisCommand) throws(RedisError) {
        if let reason = refused[command.name] { throw refusal(command.name, because: reason) }
        switch command.name {
        case "XREAD", "XREADGROUP":
            if command.contains(argument: "BLOCK") { throw refusal("\(command.name) with BLOCK", because: blocking) }
        case "COMMAND":
            // Nests deeper than hiredis reads, which would cost everybody the connection.
            if command.subcommand == nil || command.subcommand == "DOCS" { throw refusal("COMMAND DOCS", because: unreadable) }
        case "CLIENT":
            if let second = command.subcommand, ["REPLY", "TRACKING", "SETNAME", "NO-EVICT"].contains(second) {
                throw refusal("CLIENT \(second)", because: stateful)
            }
        default:
            return
        }
    }

    private static func refusal(_ what: String, because reason: String) -> RedisError {
        RedisError(.refusedCommand, "\(what) may not be sent on the shared connection: \(reason)", class: .other)
    }
}
