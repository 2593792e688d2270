import AsyncAlgorithms
import Hummingbird
import NIOCore
import ServiceLifecycle

/// One watcher of how things are: the regions of a page that have changed, as Server-Sent Events.
struct LiveUpdateStream: Sendable {
    let liveUpdates: LiveUpdates
    let topic: LiveTopic
    let clientGone: AsyncStream<Void>

    private enum Signal: Sendable {
        case regions(HTML)
        case end
    }

    // The writer is handed over from a @concurrent closure and belongs to no actor.
    /// Writes until the client has gone or the server ends.
    @concurrent
    func write(to writer: inout any ResponseBodyWriter) async throws {
        let signals = AsyncChannel<Signal>()
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { for await html in liveUpdates.regions(topic) { await signals.send(.regions(html)) } }
            group.addTask {
                // Canceled with the connection: then nobody is left to answer.
                do { try await gracefulShutdown() } catch { return }
                await signals.send(.end)
            }
            group.addTask {
                for await _ in clientGone {}
                await signals.send(.end)
            }
            var last = ""
            for await signal in signals {
                switch signal {
                case .regions(let html):
                    // What looks the same is not sent again, but the connection is seen to stand.
                    let isSame = html.markup == last
                    last = html.markup
                    try await writer.write(ByteBuffer(string: isSame ? ": \n\n" : Self.frame(html)))
                case .end: return
                }
            }
        }
    }

    private static func frame(_ html: HTML) -> String {
        let lines = html.markup.split(separator: "\n", omittingEmptySubsequences: false)
        return "event: regions\n" + lines.map { "data: \($0)\n" }.joined() + "\n"
    }
}
