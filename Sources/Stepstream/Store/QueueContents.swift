/// What is in a queue.
public struct QueueContents: Sendable, Hashable {
    /// A message that a worker has claimed.
    public struct Held: Sendable, Hashable {
        /// The message.
        public var message: Message
        /// The consumer that has it.
        public var consumer: String
        /// How long ago it was claimed or its lease renewed.
        public var idle: Milliseconds
        /// How often it was claimed.
        public var deliveries: Int

        /// A claimed message.
        public init(message: Message, consumer: String, idle: Milliseconds, deliveries: Int) {
            self.message = message
            self.consumer = consumer
            self.idle = idle
            self.deliveries = deliveries
        }
    }

    /// A message that nobody has claimed yet.
    public struct Waiting: Sendable, Hashable {
        /// The message.
        public var message: Message
        /// When it was published, by Redis's clock.
        public var since: Milliseconds

        /// A waiting message.
        public init(message: Message, since: Milliseconds) {
            self.message = message
            self.since = since
        }
    }

    /// What is claimed.
    public var held: [Held]
    /// What waits.
    public var waiting: [Waiting]

    /// The contents.
    public init(held: [Held] = [], waiting: [Waiting] = []) {
        self.held = held
        self.waiting = waiting
    }
}
