import Rigging
import Stepstream
import StepstreamYAML
import Testing

/// A file with one thing wrong, and the one fault to be found.
struct FaultyFile: CustomTestStringConvertible, Sendable {
    var text: String
    var fault: String

    init(_ fault: String, _ text: String) {
        self.text = text
        self.fault = fault
    }

    /// A definition whose only step goes on as `rest`, in line 4, with `name` and a Swift handler before it.
    static func step(_ fault: String, _ rest: String) -> FaultyFile {
        FaultyFile(fault, "type: a\nsteps:\n  - { name: s, handler: { swift: h } }\n  - { name: t, handler: { swift: h }, \(rest) }\n")
    }

    /// A definition whose only step, in line 3, has this handler.
    static func handler(_ fault: String, _ handler: String) -> FaultyFile {
        FaultyFile(fault, "type: a\nsteps:\n  - { name: s, handler: \(handler) }\n")
    }

    static func url(_ fault: String, _ url: String) -> FaultyFile { handler(fault, "{ http: { url: \"\(url)\" } }") }

    static func header(_ fault: String, _ header: String) -> FaultyFile {
        handler(fault, "{ http: { url: \"http://a\", headers: { \(header) } } }")
    }

    /// A definition with this schema in line 2.
    static func schema(_ fault: String, _ schema: String) -> FaultyFile {
        FaultyFile(fault, "type: a\ninputSchema: \(schema)\nsteps: [{ name: s, handler: { swift: h } }]\n")
    }

    var testDescription: String { fault }
}

@Suite("Faults of definition files")
struct DefinitionFaultTests {
    private func faults(_ text: String) -> [String] {
        DefinitionFile.load(name: "f.yaml", text: text) { _ in nil }.faults.map(\.description)
    }

    private static let urlRule = "write http:// or https://, a host, and a path"
    private static let timeRule = "write a number and its unit, such as 250ms, 5s, 1.5s, 2m or 1h"
    private static let stepKeys = "known are name, mode, queue, handler, timeout, retry, onUnknown, probe, undo"

    @Test(
        "of the whole file",
        arguments: [
            FaultyFile("f.yaml:1:1: the file holds no definition; write one, or remove the file", ""),
            FaultyFile("f.yaml:1:1: the file holds no definition; write one, or remove the file", "# nothing\n---\n---\n"),
            FaultyFile("f.yaml:1:1: a definition is a list; it is a map of type, description, inputSchema, deadline, steps", "- a\n"),
            FaultyFile(
                "f.yaml:2:11: deadline is 1ms; it is from 10ms to 720h",
                "type: a\ndeadline: 1ms\nsteps:\n  - { name: s, handler: { swift: h } }\n"
            ),
            FaultyFile("f.yaml:1:1: a definition is text; it is a map of type, description, inputSchema, deadline, steps", "hello\n"),
            FaultyFile("f.yaml:1:1: a definition without type; type is required", "steps: [{ name: s, handler: { swift: h } }]\n"),
            FaultyFile("f.yaml:1:1: a definition without steps; steps is required", "type: a\n"),
            FaultyFile(
                "f.yaml:1:6: type has no value; give it one, or leave the key out to have the default",
                "type:\nsteps: [{ name: s, handler: { swift: h } }]\n"
            ),
            FaultyFile(
                "f.yaml:1:7: type \"Place Order\" is not a name; a name is 1 to 64 of a-z, 0-9, _ and -",
                "type: Place Order\nsteps: [{ name: s, handler: { swift: h } }]\n"
            ),
            FaultyFile(
                "f.yaml:1:7: type is a list; it is a name of 1 to 64 of a-z, 0-9, _ and -",
                "type: [a]\nsteps: [{ name: s, handler: { swift: h } }]\n"
            ),
            FaultyFile(
                "f.yaml:2:14: description is a number; it is text",
                "type: a\ndescription: 5\nsteps: [{ name: s, handler: { swift: h } }]\n"
            ),
            FaultyFile("f.yaml:2:8: steps is empty; a definition has at least one step", "type: a\nsteps: []\n"),
            FaultyFile("f.yaml:2:8: steps is a map; it is a list", "type: a\nsteps: { name: s }\n"),
            FaultyFile(
                "f.yaml:2:9: a step is text; it is a map of name, mode, queue, handler, timeout, retry, onUnknown, probe, undo",
                "type: a\nsteps: [s]\n"
            ),
            FaultyFile(
                "f.yaml:2:1: a definition has an unknown key \"step\"; did you mean steps? known are type, description, inputSchema, deadline, steps",
                "type: a\nstep: 1\nsteps: [{ name: s, handler: { swift: h } }]\n"
            ),
            FaultyFile(
                "f.yaml:3:1: the key \"type\" occurs twice, first in line 1; each key at most once",
                "type: a\nsteps: [{ name: s, handler: { swift: h } }]\ntype: b\n"
            ),
            FaultyFile(
                "f.yaml:2:3: a key that is a list or a map; keys are text",
                "type: a\n? [x]\n: 1\nsteps: [{ name: s, handler: { swift: h } }]\n"
            ),
        ]
    )
    func ofFile(example: FaultyFile) {
        #expect(faults(example.text) == [example.fault])
    }

    @Test(
        "of the YAML",
        arguments: [
            ("type: a\nsteps:\n\t- x\n", "f.yaml:3:1: "), ("type: [a\nsteps: 1\n", "f.yaml:2:6: "),
            ("type: a\n steps: b\n", "f.yaml:2:7: "), ("type: *unknown\n", "f.yaml:1:7: found undefined alias"),
            ("type: \"a\n", "f.yaml:2:1: "), ("type: a\u{1}\n", "f.yaml:1:8: "), ("a: b: c\n", "f.yaml:1:5: "),
        ]
    )
    func ofSyntax(text: String, beginning: String) {
        let faults = faults(text)
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix(beginning) == true, "\(faults)")
        #expect(faults.first?.hasSuffix("; the file must be YAML") == true, "\(faults)")
    }

    @Test(
        "of a step",
        arguments: [
            FaultyFile("f.yaml:3:5: a step without name; name is required", "type: a\nsteps:\n  - handler: { swift: h }\n"),
            FaultyFile("f.yaml:3:5: a step without handler; handler is required", "type: a\nsteps:\n  - name: s\n"),
            .step("f.yaml:4:39: a step has an unknown key \"retires\"; \(stepKeys)", "retires: {}"),
            .step("f.yaml:4:39: a step has an unknown key \"Retry\"; did you mean retry? \(stepKeys)", "Retry: {}"),
            .step("f.yaml:4:45: mode is \"asnyc\"; did you mean async? it is one of sync, async", "mode: asnyc"),
            .step("f.yaml:4:45: mode is a list; it is one of sync, async", "mode: []"),
            .step("f.yaml:4:45: a sync step after the async step s; sync steps come before all async steps", "mode: sync"),
            .step("f.yaml:4:50: onUnknown is \"prob\"; did you mean probe? it is one of retry, probe, hold", "onUnknown: prob"),
            .step("f.yaml:4:50: onUnknown is probe without a probe; say under probe what is asked", "onUnknown: probe"),
            .step(
                "f.yaml:4:46: probe without onUnknown: probe; a probe is only asked by a step whose onUnknown is probe",
                "probe: { handler: { swift: p } }"
            ),
            .step(
                "f.yaml:4:63: probe without onUnknown: probe; a probe is only asked by a step whose onUnknown is probe",
                "onUnknown: hold, probe: { handler: { swift: p } }"
            ),
            .step("f.yaml:4:64: probe without handler; handler is required", "onUnknown: probe, probe: { timeout: 5s }"),
            .step(
                "f.yaml:4:89: probe has an unknown key \"retry\"; known are handler, timeout",
                "onUnknown: probe, probe: { handler: { swift: p }, retry: {} }"
            ),
            .step(
                "f.yaml:4:98: timeout is 1ms; it is from 10ms to 24h",
                "onUnknown: probe, probe: { handler: { swift: p }, timeout: 1ms }"
            ),
            .step("f.yaml:4:46: queue \"Fast\" is not a name; a name is 1 to 64 of a-z, 0-9, _ and -", "queue: Fast"),
            .step("f.yaml:4:48: timeout \"5 s\" is not a time; \(timeRule)", "timeout: 5 s"),
            .step("f.yaml:4:48: timeout \"s\" is not a time; \(timeRule)", "timeout: s"),
            .step("f.yaml:4:48: timeout \"5d\" is not a time; \(timeRule)", "timeout: 5d"),
            .step("f.yaml:4:48: timeout \"-5s\" is not a time; \(timeRule)", "timeout: -5s"),
            .step("f.yaml:4:48: timeout \"0.5ms\" is not a time; \(timeRule)", "timeout: 0.5ms"),
            .step("f.yaml:4:48: timeout \"1.2.3s\" is not a time; \(timeRule)", "timeout: 1.2.3s"),
            .step("f.yaml:4:48: timeout \"99999999999999999999s\" is not a time; \(timeRule)", "timeout: 99999999999999999999s"),
            .step("f.yaml:4:48: timeout \"9223372036854775807.9ms\" is not a time; \(timeRule)", "timeout: 9223372036854775807.9ms"),
            .step("f.yaml:4:48: timeout \"9223372036854775.808s\" is not a time; \(timeRule)", "timeout: 9223372036854775.808s"),
            .step("f.yaml:4:48: timeout 5000 has no unit; \(timeRule)", "timeout: 5000"),
            .step("f.yaml:4:48: timeout is a map; it is a time such as 250ms or 5s", "timeout: {}"),
            .step("f.yaml:4:48: timeout is 9ms; it is from 10ms to 24h", "timeout: 9ms"),
            .step("f.yaml:4:48: timeout is 25h; it is from 10ms to 24h", "timeout: 25h"),
            .step("f.yaml:4:46: retry is a number; it is a map of attempts, firstDelay, factor, maxDelay, jitter", "retry: 5"),
            .step(
                "f.yaml:4:48: retry has an unknown key \"delay\"; known are attempts, firstDelay, factor, maxDelay, jitter",
                "retry: { delay: 5s }"
            ),
            .step("f.yaml:4:58: attempts is 0; it is a whole number from 1 to 100", "retry: { attempts: 0 }"),
            .step("f.yaml:4:58: attempts is 101; it is a whole number from 1 to 100", "retry: { attempts: 101 }"),
            .step("f.yaml:4:58: attempts is 1.5; it is a whole number from 1 to 100", "retry: { attempts: 1.5 }"),
            .step("f.yaml:4:58: attempts is text; it is a whole number from 1 to 100", "retry: { attempts: \"5\" }"),
            .step("f.yaml:4:56: factor is 0.5; it is a number from 1 to 100", "retry: { factor: 0.5 }"),
            .step("f.yaml:4:56: factor is text; it is a number from 1 to 100", "retry: { factor: .inf }"),
            .step("f.yaml:4:60: firstDelay is 25h; it is from 0ms to 24h", "retry: { firstDelay: 25h }"),
            .step("f.yaml:4:58: maxDelay is 48h; it is from 0ms to 24h", "retry: { maxDelay: 48h }"),
            .step("f.yaml:4:56: jitter is \"half\"; it is one of full, none", "retry: { jitter: half }"),
            .step(
                "f.yaml:4:60: maxDelay, 1m, is shorter than firstDelay, 2m; maxDelay is at least firstDelay, and is 1m unless written",
                "retry: { firstDelay: 2m }"
            ),
            .step(
                "f.yaml:4:74: maxDelay, 1s, is shorter than firstDelay, 2s; maxDelay is at least firstDelay, and is 1m unless written",
                "retry: { firstDelay: 2s, maxDelay: 1s }"
            ),
            .step("f.yaml:4:45: undo is \"maybe\"; write none, pivot, or a map with a handler", "undo: maybe"),
            .step("f.yaml:4:45: undo is a list; write none, pivot, or a map with a handler", "undo: []"),
            .step("f.yaml:4:45: undo without handler; handler is required", "undo: { timeout: 5s }"),
            .step(
                "f.yaml:4:47: undo has an unknown key \"mode\"; known are handler, queue, timeout, retry",
                "undo: { mode: sync, handler: { swift: h } }"
            ),
            .step("f.yaml:4:79: timeout is 1ms; it is from 10ms to 24h", "undo: { handler: { swift: h }, timeout: 1ms }"),
            .step(
                "f.yaml:4:89: attempts is 0; it is a whole number from 1 to 100",
                "undo: { handler: { swift: h }, retry: { attempts: 0 } }"
            ),
            FaultyFile(
                "f.yaml:4:13: a second step named s, the first is in line 3; names are unique within a definition",
                "type: a\nsteps:\n  - { name: s, handler: { swift: h } }\n  - { name: s, handler: { swift: h } }\n"
            ),
            FaultyFile(
                "f.yaml:4:45: a second pivot, the first is s; at most one step of a definition is the pivot",
                "type: a\nsteps:\n  - { name: s, handler: { swift: h }, undo: pivot }\n  - { name: t, handler: { swift: h }, undo: pivot }\n"
            ),
        ]
    )
    func ofStep(example: FaultyFile) {
        #expect(faults(example.text) == [example.fault])
    }

    @Test(
        "of a handler",
        arguments: [
            .handler("f.yaml:3:25: handler names nothing to run; a handler is exactly one of http, swift, exec", "{}"),
            .handler(
                "f.yaml:3:25: handler has swift and exec; a handler is exactly one of http, swift, exec",
                "{ swift: h, exec: { command: [/x] } }"
            ),
            .handler("f.yaml:3:25: handler is text; it is a map of http, swift, exec", "notify"),
            .handler("f.yaml:3:34: swift \"Notify\" is not a name; a name is 1 to 64 of a-z, 0-9, _ and -", "{ swift: Notify }"),
            .handler("f.yaml:3:33: exec is a list; it is a map of command", "{ exec: [/bin/true] }"),
            .handler("f.yaml:3:33: exec without command; command is required", "{ exec: {} }"),
            .handler("f.yaml:3:44: command is text; it is a list", "{ exec: { command: /bin/true } }"),
            .handler("f.yaml:3:44: command names no program; write a list: the program, then its arguments", "{ exec: { command: [] } }"),
            .handler(
                "f.yaml:3:44: command names no program; write a list: the program, then its arguments",
                "{ exec: { command: [\"\"] } }"
            ),
            .handler("f.yaml:3:49: an argument of command is a map; it is text", "{ exec: { command: [/x, {}] } }"),
            .handler("f.yaml:3:49: an argument with a NUL character; programs cannot be given one", "{ exec: { command: [/x, \"\\0\"] } }"),
            .handler(
                "f.yaml:3:49: an argument of command needs HOME_PAGE, which is not set; set the environment variable, or write ${HOME_PAGE:-default}",
                "{ exec: { command: [/x, \"${HOME_PAGE}\"] } }"
            ),
            .handler("f.yaml:3:33: http without url; url is required", "{ http: {} }"),
            .handler(
                "f.yaml:3:52: http has an unknown key \"header\"; did you mean headers? known are url, method, headers",
                "{ http: { url: \"http://a\", header: {} } }"
            ),
            .url("f.yaml:3:40: url is not an absolute http or https URL; \(urlRule)", "/reserve"),
            .url("f.yaml:3:40: url is not an absolute http or https URL; \(urlRule)", "ftp://a/"),
            .url("f.yaml:3:40: url has no host; \(urlRule)", "http:///x"), .url("f.yaml:3:40: url has no host; \(urlRule)", "http://:80/"),
            .url("f.yaml:3:40: url has a port that is not 1 to 65535; \(urlRule)", "http://a:0/"),
            .url("f.yaml:3:40: url has a port that is not 1 to 65535; \(urlRule)", "http://a:x/"),
            .url("f.yaml:3:40: url holds a character that must be percent-encoded; \(urlRule)", "http://a/b c"),
            .url("f.yaml:3:40: url holds a character that must be percent-encoded; \(urlRule)", "http://ä/"),
            .url("f.yaml:3:40: url holds a user or password, which belong into a header; \(urlRule)", "http://u:p@a/"),
            .url("f.yaml:3:40: url has a fragment, which is never sent; \(urlRule)", "http://a/#b"),
            .url("f.yaml:3:40: url has a host that is neither a name nor an address; \(urlRule)", "http://::1:80/"),
            .url(
                "f.yaml:3:40: url needs STOCK, which is not set; set the environment variable, or write ${STOCK:-default}",
                "http://${STOCK}/"
            ),
            .url("f.yaml:3:40: url has a ${ without }; write ${NAME}, or $${ for the characters themselves", "http://${STOCK/"),
            .url("f.yaml:3:40: url has ${}; write ${NAME} or ${NAME:-default}", "http://${}/"),
            .url("f.yaml:3:40: url has ${A-B}; write ${NAME} or ${NAME:-default}", "http://${A-B}/"),
            .url("f.yaml:3:40: url has ${1A}; write ${NAME} or ${NAME:-default}", "http://${1A}/"),
            .handler("f.yaml:3:60: method \"post\"; one of POST, PUT, PATCH, DELETE, GET", "{ http: { url: \"http://a\", method: post } }"),
            .handler("f.yaml:3:61: headers is a list; it is a map", "{ http: { url: \"http://a\", headers: [] } }"),
            .header("f.yaml:3:63: header \"X Y\" is not a token; choose another name", "X Y: 1"),
            .header(
                "f.yaml:3:63: header \"Content-Length\" belongs to the connection and is set by the client; choose another name",
                "Content-Length: 1"
            ),
            .header("f.yaml:3:71: header \"x-a\" occurs twice; names are compared without regard to case", "X-A: 1, x-a: 2"),
            .header("f.yaml:3:68: header \"X-A\" holds a control character or outer space; printable text", "X-A: \"a\\nb\""),
            .header("f.yaml:3:68: header \"X-A\" is a list; it is text", "X-A: []"),
            .header("f.yaml:3:69: X-A has no value; give it one, or leave the key out to have the default", "X-A: "),
        ] as [FaultyFile]
    )
    func ofHandler(example: FaultyFile) {
        #expect(faults(example.text) == [example.fault])
    }

    @Test(
        "of the schema, at their place",
        arguments: [
            .schema("f.yaml:2:14: inputSchema: a schema is a string; it is an object, true or false", "text"),
            .schema("f.yaml:2:14: inputSchema: a schema is null; it is an object, true or false", "null"),
            .schema(
                "f.yaml:2:16: inputSchema: type is \"int\"; it is one or a list of null, boolean, integer, number, string, array, object",
                "{ type: int }"
            ),
            .schema("f.yaml:4:5: inputSchema: minimum is a string; it is a number", "\n  not:\n    minimum: \"1\"\n"),
            .schema(
                "f.yaml:5:7: inputSchema: pattern: a [ without ] at character 2; write \\[ for the character itself",
                "\n  properties:\n    a:\n      pattern: \"a[\"\n"
            ),
        ] as [FaultyFile]
    )
    func ofSchema(example: FaultyFile) {
        #expect(faults(example.text) == [example.fault])
    }

    @Test("ten in one file are ten, in the order of the text, and a repeated key hides none of them")
    func ten() {
        let text = """
            type: Order
            type: order
            colour: red
            steps:
              - name: a
                name: b
                name: c
                handler: { http: { url: nowhere, method: post } }
                timeout: 1ms
                retry: { attempts: 0, factor: 0 }
              - mode: sync
                handler: {}

            """
        let places = faults(text).map { $0.prefix { $0 != " " } }
        #expect(
            places == [
                "f.yaml:1:7:", "f.yaml:2:1:", "f.yaml:3:1:", "f.yaml:6:5:", "f.yaml:7:5:", "f.yaml:8:29:", "f.yaml:8:46:", "f.yaml:9:14:",
                "f.yaml:10:24:", "f.yaml:10:35:", "f.yaml:11:5:", "f.yaml:11:11:",
                "f.yaml:12:14:",
            ]
        )
    }

    @Test("keys that occur twice are found in flow maps, in quotes and in the schema, each in its line")
    func repeatedKeys() {
        let text = "type: a\ninputSchema: { title: x, \"title\": y }\nsteps:\n- { name: s, 'name': t, handler: { swift: h, swift: h } }\n"
        #expect(
            faults(text) == [
                "f.yaml:2:26: the key \"title\" occurs twice, first in line 2; each key at most once",
                "f.yaml:4:14: the key \"name\" occurs twice, first in line 4; each key at most once",
                "f.yaml:4:46: the key \"swift\" occurs twice, first in line 4; each key at most once",
            ]
        )
    }

    @Test("a key that occurs three times is two faults, both pointing to the first")
    func threeTimes() {
        #expect(
            faults("type: a\ntype: b\ntype: c\nsteps: [{ name: s, handler: { swift: h } }]\n") == [
                "f.yaml:2:1: the key \"type\" occurs twice, first in line 1; each key at most once",
                "f.yaml:3:1: the key \"type\" occurs twice, first in line 1; each key at most once",
            ]
        )
    }

    @Test("a file cannot make the reader work without end")
    func limits() {
        let bomb =
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + zip("bcdefgh", "abcdefg").map { "\($0): &\($0) [" + Array(repeating: "*\($1)", count: 10).joined(separator: ",") + "]\n" }
            .joined()
        #expect(faults(bomb) == ["f.yaml:1:1: the file holds more than 100000 values; use fewer aliases"])
        #expect(
            faults(String(repeating: "#", count: 1_048_577)) == ["f.yaml:1:1: the file is longer than 1 MiB; split it into several files"]
        )
        let deep = faults(
            "type: a\nsteps: [{ name: s, handler: { swift: h } }]\ninputSchema: " + String(repeating: "[", count: 100)
                + String(repeating: "]", count: 100)
        )
        #expect(deep.contains("f.yaml:3:78: too many lists and maps inside each other; at most 64"))
        #expect(!faults(String(repeating: "[", count: 200_000)).isEmpty)
        let steps = (0...100).map { "- { name: s\($0), handler: { swift: h } }\n" }.joined()
        #expect(faults("type: a\nsteps:\n" + steps) == ["f.yaml:3:1: 101 steps; a definition has at most 100"])
    }

    @Test("a damaged file is read or refused at a place inside it, never more", arguments: UInt64(1)...20)
    func damaged(seed: UInt64) {
        let whole = """
            type: place-order
            inputSchema: { type: object, required: [a], properties: { a: { pattern: "^[a-z]{1,5}$" } } }
            steps:
              - name: reserve
                mode: sync
                handler: { http: { url: "http://127.0.0.1/${P:-x}", headers: { X-A: "1" } } }
                retry: &r { attempts: 5, firstDelay: 200ms, factor: 2.5 }
                undo: { handler: { exec: { command: [/bin/true, "a b"] } }, retry: *r }
              - name: notify
                handler: { swift: notify }
                undo: pivot
            ---
            type: second
            steps: [{ name: s, handler: { swift: h }, timeout: 1.5s }]

            """
        let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        var draw = SeededDraw(seed: seed)
        let bits = [
            "", " ", "\n", "\t", ":", "-", "{", "}", "[", "]", "\"", "'", "&r", "*r", "#", "|", ">", "!", "?", ",", "---\n", "${", "\u{0}",
            "é", "\u{FEFF}", "\r", "5", "~", "%",
        ]
        for _ in 0..<40 {
            var text = Array((draw.chance(30) ? lines.shuffled(using: &draw) : lines).joined(separator: "\n").unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &draw) {
                let start = Int.random(in: 0...text.count, using: &draw)
                let end = min(text.count, start + Int.random(in: 0...6, using: &draw))
                text.replaceSubrange(start..<end, with: Array(draw.one(of: bits).unicodeScalars))
            }
            let file = DefinitionFile.load(name: "f", text: String(String.UnicodeScalarView(text))) { _ in nil }
            #expect(!file.faults.isEmpty || !file.definitions.isEmpty)
            for fault in file.faults {
                #expect((1...text.count + 2).contains(fault.line ?? 0) && fault.column ?? 0 >= 1, "seed \(seed): \(fault)")
                #expect(!fault.words.isEmpty && !fault.allowed.isEmpty)
            }
            for definition in file.definitions { #expect(definition.faults.isEmpty, "seed \(seed)") }
        }
    }
}
