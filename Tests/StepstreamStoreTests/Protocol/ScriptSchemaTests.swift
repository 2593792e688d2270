import Foundation
import RedisClient
import Testing

@testable import StepstreamStore

@Suite("What scripts take and answer")
struct ScriptSchemaTests {
    private let files: [String: LuaFile]

    init() throws {
        files = try LuaFile.all()
    }

    @Test("every script has a schema, and every schema a file")
    func all() {
        #expect(Set(Scripts.all.map(\.name)) == Set(files.values.filter { $0.text.hasPrefix("#!lua") }.map(\.name)))
        #expect(Set(Scripts.all.map(\.name)).isSubset(of: ScriptSchema.all.keys))
        #expect(files.keys.count { ScriptSchema.all[$0] != nil } == ScriptSchema.all.count)
    }

    @Test("is in each file what Swift writes and reads: the names at its head, and the locals that it takes")
    func agreement() {
        for file in files.values where file.name != "arguments" {
            #expect(SchemaComparison(file: file, files: files).differences == [])
        }
    }

    @Test(
        "a difference is found",
        arguments: [
            ("renew", "local operation, field, epoch", "local field, operation, epoch"),
            ("renew", "-- lease: operation field epoch", "-- lease: operation epoch field"),
            ("reserve", "take(), take(), take(), take(), count()", "take(), take(), take(), count()"),
            ("turn", "local holder =", "local other = take()\nlocal holder ="),
            ("turn", "local holder =", "print(take())\nlocal holder ="),
            ("turn", "'GET', turn", "'GET', KEYS[1]"),
            ("turn", "'GET', turn", "'GET', ARGV[1]"),
            ("trim", "local ended, attention = KEYS[1], KEYS[2]", "local ended, attention = KEYS[2], KEYS[1]"),
            ("replay", "local ledger, deliveries = KEYS[4], KEYS[5]", "local ledger, deliveries = KEYS[1], KEYS[2]"),
            ("due", "{ wait, due }", "{ due, wait }"),
            ("begin", "epoch, attempts, crashes, version, uncertain, error\n", "epoch, crashes, attempts, version, uncertain, error\n"),
            ("begin", "local version, status, epoch, record_status", "local version, epoch, status, record_status"),
            ("commit", "'changed'", "'moved'"),
            (
                "templates", "take_pairs(), take_list(), take_list(), take_list(), take_messages()",
                "take_pairs(), take_list(), take_messages()"
            ),
            ("templates", "local from, after, member", "local after, from, member"),
            ("prelude", "take(), take(), count(), take(), take() == '1', take()", "take(), take(), count(), take(), take() == '1'"),
        ]
    )
    func planted(name: String, text: String, replacement: String) throws {
        let file = try #require(files[name])
        #expect(file.text.components(separatedBy: text).count == 2, "\(text) is not in \(name).lua once")
        let changed = LuaFile(name: name, text: file.text.replacing(text, with: replacement))
        #expect(SchemaComparison(file: changed, files: files).differences != [])
    }

    #if DEBUG
    @Test("a row that is written in another order, or not to its end, ends the process")
    func order() async {
        await #expect(processExitsWith: .failure) {
            var arguments = ScriptArguments()
            arguments.append(TurnScript.Argument.duration, value: 1)
        }
        await #expect(processExitsWith: .failure) {
            var arguments = ScriptArguments()
            arguments.append(TurnScript.Argument.consumer, value: "a")
            _ = arguments.all
        }
        await #expect(processExitsWith: .success) {
            var arguments = ScriptArguments()
            arguments.append(TurnScript.Argument.consumer, value: "a")
            arguments.append(TurnScript.Argument.duration, value: 1)
            _ = arguments.all
        }
    }
    #endif
}
