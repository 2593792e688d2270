/// What can be seen of an installation where its operations live, whatever its processes say of themselves.
package struct ObservedTopology: Sendable, Hashable {
    /// A queue that has had a message or a reader.
    package struct Queue: Sendable, Hashable {
        /// Its name.
        package var name: Name
        /// Messages in it, waiting or claimed.
        package var length: Int
        /// Those that are claimed.
        package var pending: Int
        /// Who reads it.
        package var consumers: [Consumer]

        /// A queue.
        package init(name: Name, length: Int, pending: Int = 0, consumers: [Consumer] = []) {
            self.name = name
            self.length = length
            self.pending = pending
            self.consumers = consumers
        }
    }

    /// A reader of a queue.
    package struct Consumer: Sendable, Hashable {
        /// Its name in the group.
        package var name: String
        /// Messages it holds.
        package var pending: Int
        /// How long ago it last asked for messages; nil when that is not known.
        package var idle: Milliseconds?

        /// A reader.
        package init(name: String, pending: Int, idle: Milliseconds? = nil) {
            self.name = name
            self.pending = pending
            self.idle = idle
        }

        /// Whether it reads now, registered or not: a living one asks every few seconds, whether there is anything or not.
        var isReading: Bool { idle.map { $0 < 20_000 } ?? false }
    }

    /// A definition that operations were accepted with.
    package struct Accepted: Sendable, Hashable {
        /// The type of the operations.
        package var type: Name
        /// The version.
        package var version: DefinitionVersion

        /// A definition.
        package init(type: Name, version: DefinitionVersion) {
            self.type = type
            self.version = version
        }
    }

    /// Where messages are, by the store's own names.
    package struct Places: Sendable, Hashable {
        /// What the keys of queues begin with, one a partition; the queue's name stands behind it.
        package var queues: [String]
        /// What the channels of events begin with, one a partition; the operation's ID stands behind it.
        package var events: [String]
        /// The consumer group of every queue.
        package var group: String

        /// Places.
        package init(queues: [String], events: [String], group: String) {
            self.queues = queues
            self.events = events
            self.group = group
        }
    }

    /// What the living processes say of themselves.
    package var registrations: [Registration]
    /// The queues.
    package var queues: [Queue]
    /// The definitions that operations were accepted with of late.
    package var accepted: [Accepted]
    /// Where the messages are; nil if that is unknown.
    package var places: Places?

    /// What was seen.
    package init(registrations: [Registration] = [], queues: [Queue] = [], accepted: [Accepted] = [], places: Places? = nil) {
        self.places = places
        self.registrations = registrations
        self.queues = queues
        self.accepted = accepted
    }
}
