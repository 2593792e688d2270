import NIOCore

/// A connection that is logged in.
struct Connection: Sendable {
    let channel: any Channel
    let handler: NIOLoopBound<ConnectionHandler>
    /// The server's number for it, if it was asked for.
    let clientID: Int?

    var eventLoop: any EventLoop { channel.eventLoop }

    /// Why it was lost; comes when its calls have failed, which for TLS is before the socket is closed.
    let gone: EventLoopFuture<RedisError>

    /// Returns why the connection was lost, once it is. Cancelling the task closes it at once.
    func waitUntilLost() async -> RedisError {
        await withTaskCancellationHandler {
            do {
                return try await gone.get()
            } catch {
                return ConnectionFailure.describe(error, loggingIn: false)
            }
        } onCancel: {
            close(RedisError(.closed, "the Redis client was stopped", class: .indeterminate))
        }
    }

    func close(_ error: RedisError) {
        eventLoop.execute { handler.value.close(error) }
    }
}
