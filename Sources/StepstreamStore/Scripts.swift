import RedisClient

/// The scripts: one file a transition, each with its purpose, input and output at its head.
enum Scripts {
    static let submit = script("submit", PackageResources.submit_lua)
    static let begin = script("begin", PackageResources.begin_lua)
    static let renew = script("renew", PackageResources.renew_lua)
    static let commit = script("commit", PackageResources.commit_lua)
    static let amend = script("amend", PackageResources.amend_lua)
    static let putBack = script("put-back", PackageResources.put_back_lua)
    static let due = script("due", PackageResources.due_lua)
    static let overdue = script("overdue", PackageResources.overdue_lua)
    static let promote = script("promote", PackageResources.promote_lua)
    static let reserve = script("reserve", PackageResources.reserve_lua)
    static let answer = script("answer", PackageResources.answer_lua)
    static let release = script("release", PackageResources.release_lua)
    static let forget = script("forget", PackageResources.forget_lua)
    static let trim = script("trim", PackageResources.trim_lua)
    static let retire = script("retire", PackageResources.retire_lua)
    static let turn = script("turn", PackageResources.turn_lua)
    static let group = script("group", PackageResources.group_lua)
    static let reconcile = script("reconcile", PackageResources.reconcile_lua)

    static let all = [
        submit, begin, renew, commit, amend, putBack, due, overdue, promote, reserve, forget, trim, retire, turn, group, reconcile, answer,
        release,
    ]

    /// The line `--@include prelude` of a script stands for the text of prelude.lua; the `#!lua` line must stay the first.
    private static func script(_ name: String, _ source: [UInt8]) -> RedisScript {
        let text = String(decoding: source, as: UTF8.self)
        let prelude = String(decoding: PackageResources.prelude_lua, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line == "--@include prelude" ? prelude : String(line)
        }
        let source = lines.joined(separator: "\n")
        #if LABORATORY
        return RedisScript(name: name, source: ScriptMutation.applied(to: source, of: name))
        #else
        return RedisScript(name: name, source: source)
        #endif
    }
}
