import RedisClient
import Stepstream
import StepstreamServer
import Testing

@testable import StepstreamConfiguration

@Suite("Settings files")
struct SettingsFileTests {
    @Test("Every fault is named with line and column, key, what is wrong and what is allowed")
    func faults() {
        let reading = Reading(
            file: """
                http:
                  port: 99999
                  bodyLimit: 02000
                  bodyLimt: 5
                  publicURL: not a url
                  longPoll: 9999999999999999999999999999999999999999s
                log:
                  level: loud
                worker:
                  lease: 5
                redis:
                  url: http://:hunter2@127.0.0.1
                nothing: 1
                """
        )
        let expected = [
            #"settings.yaml:2:9: http.port: "99999" is out of range; must be a whole number from 0 to 65535"#,
            #"settings.yaml:3:14: http.bodyLimit: "02000" starts with a zero; must be a number of bytes from 1024 to 268435456"#,
            "settings.yaml:4:3: http.bodyLimt: there is no such key. Did you mean http.bodyLimit? Known: http.host, http.port, ",
            #"settings.yaml:5:14: http.publicURL: "not a url" is not such a URL; must be an absolute URL with http:// or https://, "#,
            #"settings.yaml:6:13: http.longPoll: "9999999999999999999999999999999999999999s" is out of range; must be a duration "#,
            #"settings.yaml:8:10: log.level: "loud" is not one of these; must be one of trace, debug, info, notice, "#,
            #"settings.yaml:10:10: worker.lease: "5" has no unit; must be a duration such as 250ms, 5s, 1.5s, 2m, 1h or 7d, "#
                + "from 500ms to 1h",
            "settings.yaml:12:8: redis.url: the value is not valid (",
            "settings.yaml:13:1: nothing: there is no such key. Known: redis.url, ",
        ]
        #expect(reading.faults.count == expected.count)
        for (fault, start) in zip(reading.faults, expected) { #expect(fault.hasPrefix(start), "\(fault)") }
        #expect(!reading.faults.joined().contains("hunter2"))
    }

    @Test("What is checked is what is used: quoted, plain, and words that YAML takes for something else")
    func texts() throws {
        let file = """
            http:
              bodyLimit: '2000'
              inputDepth: "8"
              connections: 100
            dashboard:
              mode: off
            store:
              namespace: 0123
              memoryHighWater: '0.5'
            webhooks:
              ports: 443
            """
        try Reading.withFile(file) { path in
            let settings = try Settings(file: path, flags: [], environment: [:])
            #expect(settings[HTTPSettings.bodyLimit] == 2000)
            #expect(settings[HTTPSettings.inputDepth] == 8)
            #expect(settings[HTTPSettings.connections] == 100)
            #expect(settings[DashboardSettings.mode] == .off)
            #expect(settings[StoreSettings.namespace] == "0123")
            #expect(settings[StoreSettings.memoryHighWater] == 0.5)
            #expect(settings[WebhookSettings.ports] == [443])
        }
    }

    @Test(
        "Numbers in other notations than decimal are refused",
        arguments: ["0x800", "0o4000", "02000", "2_000", "2e3", "+2000", "2000.0"]
    )
    func notations(text: String) {
        for written in [text, "'\(text)'"] {
            let faults = Reading(file: "http:\n  bodyLimit: \(written)\n").faults
            #expect(faults.count == 1 && faults[0].hasPrefix("settings.yaml:2:14: http.bodyLimit: "), "\(faults)")
        }
    }

    @Test(
        "A file of another form is refused with its place",
        arguments: [
            ("", "settings.yaml: the file is empty"),
            (" \n\n", "settings.yaml: the file is empty"),
            ("- http", "settings.yaml:1:1: must be sections such as http:"),
            ("http", "settings.yaml:1:1: must be sections such as http:"),
            ("http: 8080", "settings.yaml:1:7: http: must be keys with values, such as http.host, not a value"),
            ("http: [port]", "settings.yaml:1:7: http: must be keys with values"),
            ("http.port: 8080", "settings.yaml:1:1: http.port: must be written as port: under http:"),
            ("http:\n  port:\n", "settings.yaml:2:8: http.port: has no value; must be a whole number from 0 to 65535"),
            ("http:\n  host: ~\n", "settings.yaml:2:9: http.host: has no value; must be text"),
            ("http:\n  host: ''\n", #"settings.yaml:2:9: http.host: "" is empty; must be text"#),
            ("http:\n  origins: [https://a.example]\n", "settings.yaml:2:12: http.origins: is a list; must be origins separated by commas"),
            ("http:\n  port: { number: 1 }\n", "settings.yaml:2:9: http.port: has keys of its own; must be a whole number"),
            ("http:\n  port: 1\n  port: 2\n", "settings.yaml:2:3: set twice in the section that begins here: port"),
            ("http:\n  port: [1\n", "settings.yaml:3:1: not valid YAML: "),
            ("redis:\n  url: \"redis://:hunter2\n", "settings.yaml:3:1: not valid YAML: "),
        ]
    )
    func forms(file: String, fault: String) {
        let faults = Reading(file: file).faults
        #expect(faults.count == 1 && faults[0].hasPrefix(fault), "\(faults)")
        #expect(!faults.joined().contains("hunter2"))
    }

    @Test("Comments alone, and sections whose keys are commented out, set nothing")
    func comments() {
        #expect(Reading(file: "# nothing\n").faults.isEmpty)
        #expect(Reading(file: "http:\n  # port: 1\nlog:\n").faults.isEmpty)
    }

    @Test("A file that is named must exist, and must be text")
    func files() throws {
        for (named, environment) in [("nowhere.yaml", [:]), (nil, ["STEPSTREAM_CONFIG": "nowhere.yaml"])] as [(String?, [String: String])] {
            let faults = #expect(throws: ConfigurationFaults.self) { try Settings(file: named, flags: [], environment: environment) }
            #expect(faults?.description == "The configuration cannot be used:\n  nowhere.yaml: there is no such file")
        }
        let folder = #expect(throws: ConfigurationFaults.self) { try Settings(file: "/", flags: [], environment: [:]) }
        #expect(folder?.description.hasSuffix("/: the file cannot be read as text in UTF-8") == true)
    }
}
