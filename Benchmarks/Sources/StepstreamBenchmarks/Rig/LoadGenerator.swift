import Foundation

/// Load over HTTP by wrk, which is C and takes little of the machine that it shares with what it measures.
struct LoadGenerator: Sendable {
    let connections: Int
    let seconds: Int
    let path: String
    let body: String
    let mediaType: String

    /// Requests a second; all must have been answered 2xx.
    func rate(port: Int) throws -> Double {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stepstream-bench-wrk-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appending(path: "post.lua")
        try Data("wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"\(mediaType)\"\nwrk.body = [==[\(body)]==]\n".utf8).write(
            to: script
        )
        let text = try Tool.output(
            of: "wrk",
            arguments: [
                "-t1", "-c\(connections)", "-d\(seconds)s", "--timeout", "10s", "-s", script.path, "http://127.0.0.1:\(port)\(path)",
            ],
            advice: "Is wrk installed? `scripts/install bench`"
        )
        if text.contains("Non-2xx") || text.contains("Socket errors") { throw Wrong("wrk met errors: \(text)") }
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
            let rate = Double(line.dropFirst("Requests/sec:".count).drop { $0 == " " })
        else { throw Wrong("wrk said nothing of its rate: \(text)") }
        return rate
    }
}
