import RedisClient

/// The scripts: one file each, with its purpose and the rows of `ScriptSchema` at its head.
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
    static let claim = script("claim", source: PackageResources.claim_lua)
    static let settle = script("settle", source: PackageResources.settle_lua)
    static let replay = script("replay", source: PackageResources.replay_lua)
    static let reconcile = script("reconcile", source: PackageResources.reconcile_lua)
    static let register = script("register", source: PackageResources.register_lua)

    static let all = [
        submit, begin, renew, commit, apply, snooze, due, deadlines, promote, reserve, delete, trim, retire, turn, group, reconcile, answer,
        release, route, claim, settle, replay, register,
    ]

    /// What several scripts have in common: the line `--@include prelude` of a script stands for the text of prelude.lua.
    private static let parts = [
        "numbers": PackageResources.numbers_lua, "arguments": PackageResources.arguments_lua, "clock": PackageResources.clock_lua,
        "statuses": PackageResources.statuses_lua, "fields": PackageResources.fields_lua, "message": PackageResources.message_lua,
        "prelude": PackageResources.prelude_lua, "templates": PackageResources.templates_lua,
        "receiver": PackageResources.receiver_lua, "delivery": PackageResources.delivery_lua,
    ]

    private static func script(_ name: String, source: [UInt8]) -> RedisScript {
        var included: Set<String> = []
        let source = assembled(source, of: name, included: &included)
        #if LABORATORY
        return RedisScript(name: name, source: ScriptMutation.applied(to: source, of: name))
        #else
        return RedisScript(name: name, source: source)
        #endif
    }

    /// Puts together a script of its parts, each in the place where it is first named; the `#!lua` line stays the first.
    private static func assembled(_ source: [UInt8], of name: String, included: inout Set<String>) -> String {
        var lines: [String] = []
        for line in String(decoding: source, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("--@include ") else {
                lines.append(String(line))
                continue
            }
            let partName = String(line.dropFirst("--@include ".count))
            guard let part = parts[partName] else { preconditionFailure("\(name).lua: no part for \(line)") }
            if included.insert(partName).inserted { lines.append(assembled(part, of: partName, included: &included)) }
        }
        return lines.joined(separator: "\n")
    }
}
