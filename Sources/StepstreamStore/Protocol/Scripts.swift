import RedisClient

/// The scripts: one file a transition, each with its purpose, input and output at its head.
enum Scripts {
    static let submit = script("submit", source: PackageResources.submit_lua)
    static let begin = script("begin", source: PackageResources.begin_lua)
    static let renew = script("renew", source: PackageResources.renew_lua)
    static let commit = script("commit", source: PackageResources.commit_lua)
    static let apply = script("apply", source: PackageResources.apply_lua)
    static let snooze = script("snooze", source: PackageResources.snooze_lua)
    static let due = script("due", source: PackageResources.due_lua)
    static let deadlines = script("deadlines", source: PackageResources.deadlines_lua)
    static let promote = script("promote", source: PackageResources.promote_lua)
    static let reserve = script("reserve", source: PackageResources.reserve_lua)
    static let answer = script("answer", source: PackageResources.answer_lua)
    static let release = script("release", source: PackageResources.release_lua)
    static let delete = script("delete", source: PackageResources.delete_lua)
    static let trim = script("trim", source: PackageResources.trim_lua)
    static let retire = script("retire", source: PackageResources.retire_lua)
    static let turn = script("turn", source: PackageResources.turn_lua)
    static let group = script("group", source: PackageResources.group_lua)
    static let route = script("route", source: PackageResources.route_lua)
    static let receivers = script("receivers", source: PackageResources.receivers_lua)
    static let claim = script("claim", source: PackageResources.claim_lua)
    static let settle = script("settle", source: PackageResources.settle_lua)
    static let replay = script("replay", source: PackageResources.replay_lua)
    static let reconcile = script("reconcile", source: PackageResources.reconcile_lua)
    static let register = script("register", source: PackageResources.register_lua)

    static let all = [
        submit, begin, renew, commit, apply, snooze, due, deadlines, promote, reserve, delete, trim, retire, turn, group, reconcile, answer,
        release, route, receivers, claim, settle, replay, register,
    ]

    /// What several scripts have in common: the line `--@include prelude` of a script stands for the text of prelude.lua.
    private static let included = [
        "prelude": PackageResources.prelude_lua, "templates": PackageResources.templates_lua, "receiver": PackageResources.receiver_lua,
    ]

    private static let inclusion = "--@include "

    /// Puts together a script of its parts; the `#!lua` line must stay the first.
    private static func script(_ name: String, source: [UInt8]) -> RedisScript {
        let text = String(decoding: source, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.hasPrefix(inclusion) else { return String(line) }
            guard let part = included[String(line.dropFirst(inclusion.count))] else {
                preconditionFailure("\(name).lua: no part for \(line)")
            }
            return String(decoding: part, as: UTF8.self)
        }
        let source = lines.joined(separator: "\n")
        #if LABORATORY
        return RedisScript(name: name, source: ScriptMutation.applied(to: source, of: name))
        #else
        return RedisScript(name: name, source: source)
        #endif
    }
}
