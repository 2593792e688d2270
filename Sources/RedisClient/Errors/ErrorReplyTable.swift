/// Classifies Redis' error replies by their first word and, where Redis says only `ERR`, by what follows.
///
/// Only the first word is a contract of Redis; the text behind it carries suffixes (` script: <sha>, on @user_script:1.` for
/// errors raised inside a script). The texts listed for `ERR` are those of Redis 6.2 to 7.4.
enum ErrorReplyTable {
    static let byFirstWord: [String: RedisErrorClass] = [
        "ASK": .notApplied,
        "BUSY": .notApplied,
        "CLUSTERDOWN": .notApplied,
        "EXECABORT": .notApplied,
        "LOADING": .notApplied,
        "MASTERDOWN": .notApplied,
        "MISCONF": .notApplied,
        "MOVED": .notApplied,
        "NOREPLICAS": .notApplied,
        "OOM": .notApplied,
        "READONLY": .notApplied,
        "TRYAGAIN": .notApplied,
        "UNBLOCKED": .notApplied,
        "NOGROUP": .fixThenRetry,
        "NOSCRIPT": .fixThenRetry,
        "BUSYGROUP": .success,
        "CROSSSLOT": .configuration,
        "DENIED": .configuration,
        "NOAUTH": .configuration,
        "NOPERM": .configuration,
        "NOPROTO": .configuration,
        "WRONGPASS": .configuration,
        "WRONGTYPE": .configuration,
    ]

    /// Fragments of texts behind `ERR`, in the order they are tried.
    static let byText: [(fragment: String, errorClass: RedisErrorClass)] = [
        ("max number of clients", .notApplied),
        ("The user executing the script can't", .configuration),
        ("attempted to access a non local key", .configuration),
        ("unknown command", .configuration),
        ("unknown subcommand", .configuration),
        ("Unknown subcommand", .configuration),
        ("DB index is out of range", .configuration),
        ("invalid DB index", .configuration),
        ("SELECT is not allowed in cluster mode", .configuration),
        ("called without any password configured", .configuration),
        ("Client sent AUTH, but no password is set", .configuration),
        ("cluster support disabled", .configuration),
    ]

    /// The first word of an error reply: its code. Upper-case letters by convention; `ERR` when it does not look like that.
    static func firstWord(of reply: String) -> String {
        let word = reply.prefix { $0 != " " && $0 != "\n" && $0 != "\r" }
        guard !word.isEmpty, word.utf8.count <= 32, word.utf8.allSatisfy({ (65...90).contains($0) }) else { return "ERR" }
        return String(word)
    }

    static func classify(_ reply: String) -> RedisErrorClass {
        if let known = byFirstWord[firstWord(of: reply)] { return known }
        return byText.first { reply.contains($0.fragment) }?.errorClass ?? .other
    }
}
