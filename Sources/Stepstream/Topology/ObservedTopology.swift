/// What can be seen of an installation where its operations live, whatever its processes say of themselves.
public struct ObservedTopology: Sendable, Hashable {
    /// A queue that has had a message or a reader.
    public struct Queue: Sendable, Hashable {
        /// Its name.
        public var name: Name
        /// Messages in it, waiting or claimed.
        public var length: Int
        /// Those that are claimed.
        public var pending: Int
        /// Who reads it.
        public var consumers: [Consumer]

        /// A queue.
        public init(name: Name, length: Int, pending: Int = 0, consumers: [Consumer] = []) {
            self.name = name
            self.length = length
            self.pending = pending
            self.consumers = consumers
        }
    }

    /// A reader of a queue.
    public struct Consumer: Sendable, Hashable {
        /// Its name in the group.
        public var name: String
        /// Messages it holds.
        public var pending: Int
        /// How long ago it last asked for messages; nil when that is not known.
        public var idle: Milliseconds?

        /// A reader.
        public init(name: String, pending: Int, idle: Milliseconds? = nil) {
            self.name = name
            self.pending = pending
            self.idle = idle
        }

        /// Whether it reads now, registered or not: a living one asks every few seconds, whether there is anything or not.
        var isReading: Bool { idle.map { $0 < 20_000 } ?? false }
    }

    /// A definition that operations were accepted with.
    public struct Accepted: Sendable, Hashable {
        /// The type of the operations.
        public var type: Name
        /// The version.
        public var version: DefinitionVersion

        /// A definition.
        public init(type: Name, version: DefinitionVersion) {
            self.type = type
            self.version = version
        }
    }

    /// Where messages are, by the store's own names.
    public struct Places: Sendable, Hashable {
        /// What the keys of queues begin with, one a partition; the queue's name stands behind it.
        public var queues: [String]
        /// What the channels of events begin with, one a partition; the operation's ID stands behind it.
        public var events: [String]
        /// The consumer group of every queue.
        public var group: String

        /// Places.
        public init(queues: [String], events: [String], group: String) {
            self.queues = queues
            self.events = events
            self.group = group
        }
    }

    /// What the living processes say of themselves.
    public var registrations: [Registration]
    /// The queues.
    public var queues: [Queue]
    /// The definitions that operations were accepted with of late.
    public var accepted: [Accepted]
    /// Where the messages are; nil when that is not told.
    public var places: Places?

    /// What was seen.
    public init(registrations: [Registration] = [], queues: [Queue] = [], accepted: [Accepted] = [], places: Places? = nil) {
        self.places = places
        self.registrations = registrations
        self.queues = queues
        self.accepted = accepted
    }
}
