import Foundation
import Glibc
import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@Suite("docs/inspect.md", .redis)
struct InspectPageTests {
    @Test("every command answers its question on a live scenario")
    func commands() async throws {
        try await TestStore.run { test in
            let scenario = try await LiveScenario.make(test)
            let url = try #require(RedisFixture.current).url
            let socket = String(url.dropFirst("unix://".count))
            var blocks = try Document("inspect.md").shellBlocks
            let setup = blocks.removeFirst().text
            let environment =
                "SOCKET='\(socket)' NS='\(test.namespace)' ID='\(scenario.running.id)' STEP=work\n\(setup)\nexec 2>&1\nset -e\n"
            let expected: [String: [String]] = [
                "1": ["length  3", "pending\t1", "default\nheld\nslow\nundo"],
                "2": ["worker-a", "step:work:lease\t", " worker-a"],
                "3": ["step:work:status\tRunning", " step.started {"],
                "4": ["\(scenario.held.id) held\tRunning\twaiting", "\(scenario.failed.id) order\tFailed\tundone\t{", "Sold out"],
                "5": ["now 1", "operation", scenario.retrying.id.text],
                "6": ["forward:default:work:\(LiveScenario.definition.version):\(scenario.retrying.id)\t", "now "],
                "7": ["worker-a", "idle"],
                "8": ["used_memory_human", "live 6  ended 2  timers 3", "this operation "],
                "9": ["live \(scenario.running.id)\t", "ended \(scenario.failed.id)\t"],
                "10": ["-0"],
            ]
            var outputs: [String: String] = [:]
            for block in blocks {
                let (status, output) = try run(environment + block.text)
                #expect(status == 0, "\(block.heading): \(output)")
                #expect(!output.isEmpty, "\(block.heading) says nothing")
                for line in output.split(separator: "\n") {
                    #expect(!line.contains(/^(\(error\)|ERR|WRONGTYPE|NOGROUP|Could not connect)/), "\(block.heading): \(line)")
                }
                outputs[String(block.heading.prefix { $0 != "." }), default: ""] += output
            }
            #expect(Set(outputs.keys) == Set(expected.keys))
            for (number, words) in expected {
                for word in words { #expect(outputs[number]?.contains(word) == true, "\(number) lacks \(word): \(outputs[number] ?? "")") }
            }
        }
    }

    /// Runs shell text to its end; what it prints is short.
    private func run(_ text: String) throws -> (status: Int32, output: String) {
        let pipe = try #require(popen(text, "r"))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        return (pclose(pipe), String(decoding: bytes, as: UTF8.self))
    }
}
