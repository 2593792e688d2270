#if LABORATORY
import Stepstream

/// What a planted fault changes in the text of a script.
struct ScriptMutation {
    let script: String
    let text: String
    let replacement: String

    /// The source of `script` as this process runs it. A mutation that does not find its text ends the process: it would test nothing.
    static func applied(to source: String, of script: String) -> String {
        var source = source
        for (mutant, mutation) in all where mutation.script == script && Mutant.isPlanted(mutant) {
            let pieces = source.split(separator: mutation.text, omittingEmptySubsequences: false)
            precondition(pieces.count == 2, "Mutant \(mutant) does not fit script \(script) any more.")
            source = pieces.joined(separator: mutation.replacement)
        }
        return source
    }

    static let all: [(Mutant, ScriptMutation)] = [
        (.groupAtEnd, .init(script: "group", text: "'workers', '0', 'MKSTREAM'", replacement: "'workers', '$', 'MKSTREAM'")),
        // The version is compared too, and would notice.
        (
            .commitIgnoresEpoch,
            .init(
                script: "commit",
                text: "if not state[2] or string.match(state[2], '^%d+') ~= epoch then",
                replacement: """
                    version = state[1]
                    state = { version, version and epoch, false, state[4] }
                    if not state[2] then
                    """
            )
        ),
        (
            .beginKeepsEpoch,
            .init(
                script: "begin",
                text: "texts[math.max((tonumber(epoch) or 0) + 1, micros)]",
                replacement: "epoch or texts[micros]"
            )
        ),
        (
            .beginAcknowledges,
            .init(
                script: "begin",
                text: "send_events(begun.events",
                replacement: """
                    acknowledge(kind.stream, entry)
                    send_events(begun.events
                    """
            )
        ),
        (.undoNotNoted, .init(script: "begin", text: "if kind.undo ~= '' then", replacement: "if false then")),
        (.crashNotCounted, .init(script: "begin", text: "crashes = crashes + 1", replacement: "crashes = crashes")),
        (.renewIgnoresEpoch, .init(script: "renew", text: "if held ~= epoch then", replacement: "if not held then")),
        (.submitTwice, .init(script: "submit", text: "if stored[1] then", replacement: "if false then")),
        (.applyIgnoresVersion, .init(script: "apply", text: "if stored[1] ~= version or", replacement: "if false and")),
        (
            .promoteKeepsTimer,
            .init(
                script: "promote",
                text: "redis.call('ZREM', timers, member)",
                replacement: "redis.call('ZADD', timers, now + 1000, member)"
            )
        ),
        (
            .inlineWithoutTimer,
            .init(
                script: "submit",
                text: "call('ZADD', timers, texts[due_at], timer.member)",
                replacement: ""
            )
        ),
    ]
}
#endif
