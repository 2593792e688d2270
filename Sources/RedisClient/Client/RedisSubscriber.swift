import NIOCore
import Synchronization

/// A connection of its own for subscriptions. After a loss it subscribes again to all channels, and says so.
package final class RedisSubscriber: Sendable {
    /// What the owner is told.
    package enum Event: Sendable {
        case message(channel: String, payload: String)
        /// The subscription of this channel stands, for the first time or again after a loss: what was published before may be missed.
        case subscribed(channel: String)
    }

    private struct State {
        var channels: Set<String> = []
        var connection: RedisConnection?
    }

    /// What happens, in order; for one reader, who must not do anything slow between two events.
    package let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let client: RedisClient
    private let state = Mutex(State())

    init(_ client: RedisClient) {
        self.client = client
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    /// Subscribes to `channel`; the event `.subscribed` says when it stands.
    package func subscribe(_ channel: String) {
        let connection = state.withLock { state in
            state.channels.insert(channel)
            return state.connection
        }
        connection?.writeSubscription(RedisCommand("SUBSCRIBE", channel))
    }

    /// Leaves `channel`.
    package func unsubscribe(_ channel: String) {
        let connection = state.withLock { state in
            state.channels.remove(channel)
            return state.connection
        }
        connection?.writeSubscription(RedisCommand("UNSUBSCRIBE", channel))
    }

    /// Stays connected until the task is canceled.
    package func run() async {
        var pause = client.configuration.reconnectPause
        while !Task.isCancelled {
            do throws(RedisError) {
                let connection = try await RedisConnection.connect(
                    client.configuration,
                    on: client.group,
                    statistics: client.statistics,
                    onPush: { [self] in take($0) }
                )
                client.statistics.connected()
                pause = client.configuration.reconnectPause
                opened(connection)
                await withTaskCancellationHandler {
                    await connection.closed()
                } onCancel: {
                    connection.close()
                }
            } catch {
                pause = min(pause * 2, client.configuration.maximumReconnectPause)
            }
            state.withLock { $0.connection = nil }
            do { try await Task.sleep(for: pause * Double.random(in: 0.5...1)) } catch { break }
        }
        continuation.finish()
    }

    private func opened(_ connection: RedisConnection) {
        let channels = state.withLock { state in
            state.connection = connection
            return state.channels
        }
        for channel in channels { connection.writeSubscription(RedisCommand("SUBSCRIBE", channel)) }
    }

    private func take(_ reply: RedisReply) {
        guard reply.kind == .array, reply.count >= 3, let word = reply[0].string, let channel = reply[1].string else { return }
        switch word {
        case "message": continuation.yield(.message(channel: channel, payload: reply[2].string ?? ""))
        case "subscribe": continuation.yield(.subscribed(channel: channel))
        default: break
        }
    }
}

extension RedisConnection {
    /// Writes a command whose answer comes as a push.
    func writeSubscription(_ command: RedisCommand) {
        var buffer = channel.allocator.buffer(capacity: command.size)
        command.write(to: &buffer)
        channel.writeAndFlush(buffer, promise: nil)
    }
}
