import Foundation
import ServiceLifecycle

/// The part of the demo that people see: the replay, its summary, and where things are.
struct Show: Service {
    let base: String
    let options: Demo.Options
    let replay: @Sendable (String) async throws -> Summary

    init(base: String, options: Demo.Options, replay: @escaping @Sendable (String) async throws -> Summary) {
        self.base = base
        self.options = options
        self.replay = replay
    }

    func run() async throws {
        do {
            let summary = try await cancelWhenGracefulShutdown { try await replay(base) }
            if options.json {
                say(try summary.json)
            } else {
                say(summary.text)
                say(places())
            }
        } catch is CancellationError {
            return
        }
        guard !options.once else { return }
        if !options.json { say("\nServing on. Ctrl-C ends it.") }
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // The group ends for another's failure, and reports it.
        }
    }

    /// Written at once: `print` would keep it back when the output is no terminal.
    private func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    private func places() -> String {
        let sockets = Self.sockets(below: options.folder).map { "    Redis        redis-cli -s \($0)" }
        let databases = ServiceName.allCases.map { name in
            "    \(name.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)) "
                + ServiceDatabase.file(of: name, in: options.ordersFolder).path(percentEncoded: false)
        }
        return
            (["", "    Stepstream   \(base)/"] + sockets + databases + [
                "    mail         \(options.mail.path(percentEncoded: false))",
                "    log          \(options.log.path(percentEncoded: false))",
            ]).joined(separator: "\n")
    }

    /// The Unix sockets in the folder: Redis' is the only one.
    private static func sockets(below folder: URL) -> [String] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileResourceTypeKey])
        return (files?.compactMap { $0 as? URL } ?? []).filter { file in
            let type = try? FileManager.default.attributesOfItem(atPath: file.path(percentEncoded: false))[.type] as? FileAttributeType
            return type == .typeSocket
        }.map { $0.path(percentEncoded: false) }.sorted()
    }
}
