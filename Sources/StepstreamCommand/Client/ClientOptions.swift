import ArgumentParser
import Foundation

/// The flags that all client commands share.
struct ClientOptions: ParsableArguments {
    @Option(help: "The URL of the server (default: STEPSTREAM_URL, else http://127.0.0.1:8080).")
    var url: String?

    @Flag(help: "Print the response of the server, as JSON.")
    var json = false

    /// Runs `body` with a client of the server.
    func withClient<Result>(_ body: (APIClient) async throws -> Result) async throws -> Result {
        let text = url ?? ProcessInfo.processInfo.environment["STEPSTREAM_URL"] ?? "http://127.0.0.1:8080"
        guard let base = URL(string: text), base.scheme == "http" || base.scheme == "https", base.host() != nil else {
            throw ValidationError("\"\(text)\" is not the URL of a server; must be http://host:port or https://host:port.")
        }
        return try await APIClient.with(base: text.hasSuffix("/") ? String(text.dropLast()) : text, do: body)
    }
}
