import AsyncAlgorithms
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Stepstream

/// One watcher's connection: the history of one or several operations as Server-Sent Events (WHATWG HTML, "Server-sent events").
///
/// Nothing is buffered for a client that does not read: writing waits for it, notices beyond a bound become one look at the record, and the
/// connection's guard closes what takes nothing for too long.
struct EventStream: Sendable {
    let store: StoreRoles
    let teller: HistoryReader
    let documents: Documents
    let request: Request
    let keepAlive: Duration
    let life: Duration

    private enum Signal: Sendable {
        case notice(Int, ChangeNotice)
        case keepAlive
        case lifeOver
        case serverEnds
        case clientGone
    }

    // The writer is handed over from a @concurrent closure and belongs to no actor.
    /// Writes until every operation has ended, the client has gone or the server ends.
    @concurrent
    func write(
        _ operations: [OperationID],
        after known: [Int?],
        clientGone: AsyncStream<Void>,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        var cursors = known.map(HistoryCursor.init(after:))
        let signals = AsyncChannel<Signal>()
        // A client whose connection breaks comes back after so many milliseconds.
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for (index, id) in operations.enumerated() {
                group.addTask { for await notice in store.changes.notices(of: id) { await signals.send(.notice(index, notice)) } }
            }
            group.addTask { await tick(signals) }
            group.addTask { await announceEnd(signals) }
            group.addTask { await announceAge(signals) }
            group.addTask {
                for await _ in clientGone {}
                await signals.send(.clientGone)
            }
            for await signal in signals {
                switch signal {
                case .notice(let index, let notice):
                    guard !cursors[index].isOver else { continue }
                    guard let lines = try await teller.lines(notice, of: operations[index], advancing: &cursors[index]) else {
                        group.addTask { await askAgain(index, signals: signals) }
                        continue
                    }
                    for line in lines {
                        let text = try await text(
                            of: line,
                            operation: operations[index],
                            cursor: cursors[index],
                            id: Self.id(of: cursors, at: index, line: line)
                        )
                        try await writer.write(ByteBuffer(string: text))
                    }
                case .keepAlive: try await writer.write(ByteBuffer(string: ": still here\n\n"))
                case .lifeOver:
                    try await writer.write(ByteBuffer(string: ": this connection is old; connect again\n\n"))
                    return
                case .serverEnds:
                    try await writer.write(ByteBuffer(string: ": this server ends; connect again\n\n"))
                    return
                case .clientGone: return
                }
                if cursors.allSatisfy(\.isOver) { return }
            }
        }
    }

    /// Where a watcher is once it has got `line`: a number for each operation, in the order asked for. One read may bring several
    /// lines, and the connection may break between them.
    private static func id(of cursors: [HistoryCursor], at index: Int, line: HistoryCursor.Line) -> String {
        var numbers = cursors.map { $0.known ?? 0 }
        if case .event(let event) = line { numbers[index] = event.sequence }
        return numbers.map(String.init).joined(separator: ",")
    }

    private func text(
        of line: HistoryCursor.Line,
        operation: OperationID,
        cursor: HistoryCursor,
        id: String
    ) async throws(StoreError) -> String {
        switch line {
        case .event(let event):
            let base = documents.address.base(for: request)
            let event = CloudEvent(event: event, operation: operation, traceparent: cursor.traceparent, base: base)
            return frame(id, type: event.type, data: event.json)
        case .snapshot(let operation): return frame(id, type: "snapshot", data: try await documents.document(operation, for: request).json)
        case .reset(let operation): return frame(id, type: "reset", data: try await documents.document(operation, for: request).json)
        case .gone: return frame(id, type: "gone", data: .object(["id": .string(operation.text)]))
        }
    }

    /// Metadata, and what a handler in code makes, may hold line breaks; each line is a `data` line, and the client puts them together again.
    private func frame(_ id: String, type: String, data: JSONText) -> String {
        let lines = data.text.utf8.split { $0 == 0x0A || $0 == 0x0D }.map { "data: \(Substring($0))\n" }.joined()
        return "id: \(id)\nevent: \(type)\n\(lines)\n"
    }

    private func askAgain(_ index: Int, signals: AsyncChannel<Signal>) async {
        // Canceled with the connection: then nobody is left to answer.
        do { try await Task.sleep(for: HistoryReader.pause) } catch { return }
        await signals.send(.notice(index, .resynchronize))
    }

    private func tick(_ signals: AsyncChannel<Signal>) async {
        while !Task.isCancelled {
            // Canceled with the connection: the loop's condition sees it.
            do { try await Task.sleep(for: keepAlive) } catch { return }
            await signals.send(.keepAlive)
        }
    }

    private func announceAge(_ signals: AsyncChannel<Signal>) async {
        // Canceled with the connection: then nobody is left to answer.
        do { try await Task.sleep(for: life) } catch { return }
        await signals.send(.lifeOver)
    }

    private func announceEnd(_ signals: AsyncChannel<Signal>) async {
        // Canceled with the connection: then nobody is left to answer.
        do { try await gracefulShutdown() } catch { return }
        await signals.send(.serverEnds)
    }
}
