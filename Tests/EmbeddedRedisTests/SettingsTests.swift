import FoundationEssentials
import Testing

@testable import EmbeddedRedis

@Suite("Embedded Redis: settings")
struct SettingsTests {
    @Test("What decides over kept or lost is the same as in config/redis.conf")
    func agreesWithConfigurationFile() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try String(contentsOfFile: "/\(root)/config/redis.conf", encoding: .utf8)
        let lines = Set(file.split(separator: "\n").map(String.init))
        let arguments = EmbeddedRedis.Configuration().arguments(socket: "socket")
        let ours = ["port", "unixsocket", "unixsocketperm", "dir", "pidfile", "daemonize"]
        var compared = 0
        for (name, value) in zip(arguments, arguments.dropFirst()) where name.hasPrefix("--") {
            let setting = String(name.dropFirst(2))
            if ours.contains(setting) { continue }
            #expect(lines.contains("\(setting) \(value.isEmpty ? "\"\"" : value)"))
            compared += 1
        }
        #expect(compared == 9)
    }

    @Test("Restarts wait longer and longer, up to ten seconds")
    func backoff() {
        var backoff = RestartBackoff()
        let delays = (0..<9).map { _ in backoff.next() }
        #expect(delays.prefix(3) == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(delays.suffix(2) == [.seconds(10), .seconds(10)])
    }
}
