import NIOCore

/// One question to one sentinel, over a connection for it alone.
final class SentinelQuestion: ConnectionOwner {
    private let connector: Connector

    /// `configuration` is that of the sentinel.
    init(_ configuration: RedisConfiguration) {
        connector = Connector(configuration: configuration, statistics: StatisticsCounters())
    }

    /// Asks where the primary called `name` is.
    func ask(_ name: String, on eventLoop: any EventLoop) async -> PrimarySearch.Answer {
        do throws(RedisError) {
            let connection = try await connector.connect(on: eventLoop, role: .commands, owner: self)
            defer { connection.close(RedisError(.closed, "the sentinel was asked", class: .notApplied)) }
            let limit = NIODeadline.now() + TimeAmount(connector.configuration.commandTimeout)
            let call = Call(.command(RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name)), deadline: limit)
            let handler = connection.handler
            let timer = eventLoop.scheduleTask(deadline: limit) { _ = handler.value.checkDeadlines(limit) }
            defer { timer.cancel() }
            switch await call.outcome(submit: { call in eventLoop.execute { handler.value.send([call.entry]) } }) {
            case .reply(let reply): return PrimarySearch.Answer(reply)
            case .failed(let error): return .silent(error)
            case .replies: return .silent(RedisError(.unexpectedReply, "a question got several replies", class: .notApplied))
            }
        } catch {
            return .silent(error)
        }
    }

    func connectionReady(_ handler: ConnectionHandler) {}

    func connectionWritable(_ handler: ConnectionHandler) {}

    func connectionReleased(calls: Int, bytes: Int) {}

    func connectionPushed(_ message: RedisReply) {}

    func connectionLost(_ error: RedisError) {}
}
