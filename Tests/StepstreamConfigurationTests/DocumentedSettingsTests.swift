import Foundation
import Testing

@testable import StepstreamConfiguration

/// Compares config/stepstream.yaml with the settings.
@Suite("Documented settings")
struct DocumentedSettingsTests {
    /// A key as the file documents it.
    private struct Entry {
        let key: String
        let value: String
        /// The lines of comment above it.
        let comment: String
    }

    private static func entries() throws -> [Entry] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = try String(contentsOf: root.appending(path: "config/stepstream.yaml"), encoding: .utf8)
        var (section, comment, entries) = ("", "", [Entry]())
        for line in file.split(separator: "\n", omittingEmptySubsequences: false) {
            if let match = line.wholeMatch(of: /(\w+):/) {
                (section, comment) = (String(match.1), "")
            } else if let match = line.wholeMatch(of: #/  # (\w+): (\S+)/#) {
                entries.append(Entry(key: "\(section).\(match.1)", value: String(match.2), comment: comment))
                comment = ""
            } else {
                comment += line.drop { $0 == " " || $0 == "#" } + " "
            }
        }
        return entries
    }

    @Test("Every setting is documented once, in the order of the code, and no other is")
    func keys() throws {
        #expect(try Self.entries().map(\.key) == AllSettings.list.map(\.key))
    }

    @Test("The value shown is the default, or an example where there is none")
    func defaults() throws {
        for entry in try Self.entries() {
            let setting = try #require(AllSettings.byKey[entry.key])
            let shown = "\(try setting.given(entry.value, at: ""))"
            let standard = "\(setting.unset)"
            let isUnset = standard == "nil" || standard == "[]"
            #expect(isUnset ? shown != standard : shown == standard, "\(entry.key)")
        }
    }

    @Test("A range in the comment is the range that is checked")
    func ranges() throws {
        var count = 0
        for entry in try Self.entries() {
            guard let match = entry.comment.firstMatch(of: /(?:^|\. |\()(\d\S*) to (\d[\w]*)/) else { continue }
            let setting = try #require(AllSettings.byKey[entry.key])
            #expect("\(setting.allowed) ".contains("from \(match.1) to \(match.2)"), "\(entry.key): \(setting.allowed)")
            count += 1
        }
        #expect(count >= 15)
    }

    @Test("Variables are named after keys")
    func variables() {
        #expect(HTTPSettings.bodyLimit.variable == "STEPSTREAM_HTTP_BODY_LIMIT")
        #expect(HTTPSettings.publicURL.variable == "STEPSTREAM_HTTP_PUBLIC_URL")
        #expect(RedisSettings.url.variable == "STEPSTREAM_REDIS_URL")
        #expect(WebhookSettings.concurrencyPerReceiver.variable == "STEPSTREAM_WEBHOOKS_CONCURRENCY_PER_RECEIVER")
    }
}
