import AsyncAlgorithms
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Stepstream

/// One client on a WebSocket: it says what it watches, and gets each history as CloudEvents.
struct WebSocketSession: Sendable {
    let store: StoreRoles
    let teller: HistoryReader
    let documents: Documents
    let request: Request
    let requestID: String
    let life: Duration
    let logger: Logger

    /// One operation that the client watches.
    private struct Watch {
        /// Tells it from an earlier watch of the same operation.
        let number: Int
        var cursor: HistoryCursor
        /// Ends the notices when it is finished.
        let end: AsyncStream<Never>.Continuation
    }

    private enum Signal: Sendable {
        case message(String)
        case notice(OperationID, Int, ChangeNotice)
        case lifeOver
        case serverEnds
        case clientGone
    }

    /// Serves until the client goes, the server ends, or the connection breaks.
    @concurrent
    func run(on connection: WebSocketConnection) async {
        await connection.close(await serve(connection))
    }

    private func serve(_ connection: WebSocketConnection) async -> Closure {
        do {
            return try await withThrowingTaskGroup(of: Void.self, returning: Closure.self) { group in
                defer { group.cancelAll() }
                let signals = AsyncChannel<Signal>()
                group.addTask {
                    for await message in connection.messages { await signals.send(.message(message)) }
                    await signals.send(.clientGone)
                }
                group.addTask {
                    // Canceled with the connection: then nobody is left to answer.
                    do { try await gracefulShutdown() } catch { return }
                    await signals.send(.serverEnds)
                }
                group.addTask {
                    // As above.
                    do { try await Task.sleep(for: life) } catch { return }
                    await signals.send(.lifeOver)
                }
                var watches: [OperationID: Watch] = [:]
                var number = 0
                for await signal in signals {
                    switch signal {
                    case .message(let text):
                        for (id, cursor) in try await changes(text, watches: &watches, on: connection) {
                            number += 1
                            let (ended, end) = AsyncStream.makeStream(of: Never.self)
                            watches[id] = Watch(number: number, cursor: cursor, end: end)
                            group.addTask { [number] in await relay(id, number: number, until: ended, to: signals) }
                        }
                        connection.took()
                    case .notice(let id, let number, let notice):
                        guard watches[id]?.number == number else { continue }
                        if try await !send(notice, of: id, watches: &watches, on: connection) {
                            group.addTask {
                                // Canceled with the connection: then nobody is left to answer.
                                do { try await Task.sleep(for: HistoryReader.pause) } catch { return }
                                await signals.send(.notice(id, number, .resynchronize))
                            }
                        }
                    case .lifeOver: return .old
                    case .serverEnds: return .goingAway
                    case .clientGone: return .normal
                    }
                }
                return .goingAway
            }
        } catch let closure as Closure {
            return closure
        } catch is CancellationError {
            return .goingAway
        } catch {
            logger.error("A WebSocket failed", metadata: [LogKey.error: "\(error)"])
            return .failed
        }
    }

    private func relay(_ id: OperationID, number: Int, until ended: AsyncStream<Never>, to signals: AsyncChannel<Signal>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await notice in store.changes.notices(of: id) { await signals.send(.notice(id, number, notice)) } }
            group.addTask { for await _ in ended {} }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: What the client says

    /// Does what a message asks for.
    ///
    /// - Returns: what is to be watched from now on.
    private func changes(
        _ text: String,
        watches: inout [OperationID: Watch],
        on connection: WebSocketConnection
    ) async throws -> [(OperationID, HistoryCursor)] {
        let message: WatchRequest
        do throws(RequestProblem) {
            message = try WatchRequest(text)
        } catch {
            try await connection.send(refusal(error, of: nil))
            return []
        }
        for id in message.unwatch.compactMap(OperationID.init) { watches.removeValue(forKey: id)?.end.finish() }
        var added: [(OperationID, HistoryCursor)] = []
        for text in message.watch {
            do {
                let id = try await store.operations.operation(text, of: Caller(of: request)).id
                watches.removeValue(forKey: id)?.end.finish()
                guard watches.count + added.count < WatchRequest.most else {
                    throw RequestProblem(.unprocessable, "\(WatchRequest.most) operations may be watched on one connection.")
                }
                added.append((id, HistoryCursor(after: message.after[text])))
            } catch let problem as RequestProblem {
                try await connection.send(refusal(problem, of: text))
            } catch let error as StoreError {
                try await connection.send(refusal(RequestProblem(error), of: text))
            }
        }
        return added
    }

    private func refusal(_ problem: RequestProblem, of operation: String?) -> String {
        let json = problem.json(base: documents.address.base(for: request), instance: request.uri.path, request: requestID)
        var members: [(String, JSONText.Fragment)] = [("error", .raw(json))]
        if let operation { members.append(("operation", .string(operation))) }
        return JSONText.object(members).text
    }

    // MARK: What is sent to the client

    /// False when the store is away: ask again later.
    private func send(
        _ notice: ChangeNotice,
        of id: OperationID,
        watches: inout [OperationID: Watch],
        on connection: WebSocketConnection
    ) async throws -> Bool {
        guard var cursor = watches[id]?.cursor else { return true }
        guard let lines = try await teller.lines(notice, of: id, advancing: &cursor) else { return false }
        for line in lines {
            try await connection.send(try await cloudEvent(of: line, id: id, traceparent: cursor.traceparent).text)
        }
        watches[id]?.cursor = cursor
        // Makes room for another.
        if cursor.isOver { watches.removeValue(forKey: id)?.end.finish() }
        return true
    }

    private func cloudEvent(
        of line: HistoryCursor.Line,
        id: OperationID,
        traceparent: String?
    ) async throws(StoreError) -> JSONText {
        let base = documents.address.base(for: request)
        switch line {
        case .event(let event): return CloudEvent(event: event, operation: id, traceparent: traceparent, base: base).json
        case .snapshot(let operation):
            return CloudEvent.state(
                "snapshot",
                of: operation,
                document: try await documents.document(operation, for: request).json,
                base: base
            )
        case .reset(let operation):
            return CloudEvent.state(
                "reset",
                of: operation,
                document: try await documents.document(operation, for: request).json,
                base: base
            )
        case .gone: return CloudEvent.gone(id, base: base)
        }
    }
}
