package import NIOCore

/// What a subscriber reports to its owner.
package enum RedisSubscriberEvent: Sendable {
    /// The first connection stands, with all subscriptions made so far.
    case connected
    /// A connection stands again, with all subscriptions. Messages sent in between are lost: read the state anew.
    case reconnected
    case message(RedisMessage)
    /// The owner fell behind and this many messages were dropped: read the state anew.
    case missed(Int)
}

/// One message of a channel.
package struct RedisMessage: Sendable {
    package let channel: String
    package let payload: ByteBuffer

    /// The payload as text; nil if it is not UTF-8.
    package var text: String? { String(validating: payload.readableBytesView, as: UTF8.self) }
}

/// The events of a subscriber, in order. Several iterators share them: each event goes to one.
package struct RedisSubscriberEvents: AsyncSequence, Sendable {
    package typealias Element = RedisSubscriberEvent
    package typealias Failure = Never

    let buffer: EventBuffer

    package struct Iterator: AsyncIteratorProtocol {
        let buffer: EventBuffer

        /// The next event; nil once the subscriber has ended, and when the task is cancelled.
        package func next() async -> RedisSubscriberEvent? {
            await buffer.next()
        }

        package func next(isolation: isolated (any Actor)?) async -> RedisSubscriberEvent? {
            await buffer.next()
        }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(buffer: buffer) }
}
