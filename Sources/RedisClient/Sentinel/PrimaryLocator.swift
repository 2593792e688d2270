import NIOCore
import Synchronization

/// Finds the primary for all connections of a client, and closes those to a server that is not it any more.
final class PrimaryLocator: ServerLocator {
    typealias Endpoint = RedisConfiguration.Endpoint

    private struct State {
        var known: KnownPrimary
        var open: [Int: (endpoint: Endpoint, handler: NIOLoopBound<ConnectionHandler>)] = [:]
        var lastID = 0
    }

    let configuration: RedisConfiguration
    let sentinels: RedisConfiguration.Sentinels
    private let state: Mutex<State>

    /// Nil for a configuration without sentinels.
    init?(_ configuration: RedisConfiguration) {
        guard let sentinels = configuration.sentinels else { return nil }
        self.configuration = configuration
        self.sentinels = sentinels
        state = Mutex(State(known: KnownPrimary(sentinels.addresses)))
    }

    /// Asks the sentinels.
    func locate(on eventLoop: any EventLoop) async throws(RedisError) -> LocatedServer {
        let (order, left, switches) = state.withLock { state in
            (state.known.order, state.known.left(at: .now()), state.known.switches)
        }
        var search = PrimarySearch(name: sentinels.primaryName, order: order, left: left)
        var action = search.begin()
        while true {
            if Task.isCancelled { throw RedisError(.cancelled, "looking for the Redis primary was cancelled", class: .cancelled) }
            switch action {
            case .ask(let sentinel):
                action = search.answered(await ask(sentinel, on: eventLoop))
            case .connect(let endpoint, let sentinel):
                state.withLock { $0.known.prefer(sentinel) }
                return LocatedServer(endpoint: endpoint, sentinel: sentinel, switches: switches)
            case .fail(let error):
                throw error
            }
        }
    }

    func ask(_ sentinel: Endpoint, on eventLoop: any EventLoop) async -> PrimarySearch.Answer {
        await SentinelQuestion(configuration.sentinel(at: sentinel)).ask(sentinels.primaryName, on: eventLoop)
    }

    func misled(by server: LocatedServer) {
        state.withLock { $0.known.postpone(server.sentinel) }
    }

    func register(
        _ handler: NIOLoopBound<ConnectionHandler>,
        to server: LocatedServer,
        until gone: EventLoopFuture<RedisError>
    ) throws(RedisError) {
        let id: Int? = state.withLock { state in
            guard state.known.stands(server.endpoint, since: server.switches) else { return nil }
            state.lastID += 1
            state.open[state.lastID] = (server.endpoint, handler)
            return state.lastID
        }
        guard let id else { throw Self.moved(class: .notApplied) }
        gone.whenComplete { _ in self.state.withLock { _ = $0.open.removeValue(forKey: id) } }
    }

    /// A sentinel published a switch.
    func switched(_ notice: SwitchNotice, toldBy sentinel: Endpoint) {
        guard notice.name == sentinels.primaryName else { return }
        leave(for: notice.primary) { known in
            known.switched(from: notice.left, to: notice.primary, toldBy: sentinel, at: .now())
        }
    }

    /// A sentinel that may have published while nobody listened names the primary.
    func heard(_ primary: Endpoint, from sentinel: Endpoint) {
        let isNews = state.withLock { state in
            primary != state.known.left(at: .now()) && state.open.values.contains { $0.endpoint != primary }
        }
        guard isNews else { return }
        leave(for: primary) { known in
            known.switched(from: nil, to: primary, toldBy: sentinel, at: .now())
        }
    }

    private func leave(for primary: Endpoint, note: (inout KnownPrimary) -> Void) {
        let left = state.withLock { state in
            note(&state.known)
            return state.open.values.filter { $0.endpoint != primary }.map(\.handler)
        }
        for handler in left {
            handler.eventLoop.execute { handler.value.close(Self.moved(class: .indeterminate)) }
        }
    }

    private static func moved(class errorClass: RedisErrorClass) -> RedisError {
        RedisError(.notPrimary, "the sentinels say that another Redis is the primary now", class: errorClass)
    }
}
