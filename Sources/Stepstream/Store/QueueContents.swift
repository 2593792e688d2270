/// What is in a queue.
package struct QueueContents: Sendable, Hashable {
    /// A message that a worker has claimed.
    package struct Held: Sendable, Hashable {
        /// The message.
        package var message: Message
        /// The consumer that has it.
        package var consumer: String
        /// How long ago it was claimed or its lease renewed.
        package var idle: Milliseconds
        /// How often it was claimed.
        package var deliveries: Int

        /// A claimed message.
        package init(message: Message, consumer: String, idle: Milliseconds, deliveries: Int) {
            self.message = message
            self.consumer = consumer
            self.idle = idle
            self.deliveries = deliveries
        }
    }

    /// A message that nobody has claimed yet.
    package struct Waiting: Sendable, Hashable {
        /// The message.
        package var message: Message
        /// When it was published, by Redis's clock.
        package var since: Milliseconds

        /// A waiting message.
        package init(message: Message, since: Milliseconds) {
            self.message = message
            self.since = since
        }
    }

    /// What is claimed.
    package var held: [Held]
    /// What waits.
    package var waiting: [Waiting]

    /// The contents.
    package init(held: [Held] = [], waiting: [Waiting] = []) {
        self.held = held
        self.waiting = waiting
    }
}
