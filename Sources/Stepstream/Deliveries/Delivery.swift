/// One event on its way to one receiver, and every try so far.
package struct Delivery: Sendable, Hashable {
    /// Where it stands.
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// To be tried, now or later.
        case pending
        /// Answered with 2xx.
        case delivered
        /// Given up after the last try of the schedule.
        case exhausted
        /// Not tried any more, as the receiver answered 410.
        case disabled
    }

    /// What one try came to.
    package struct Try: Sendable, Hashable {
        /// When it was written down, by Redis's clock.
        package var time: Milliseconds
        /// What the receiver answered; nil when it did not.
        package var status: Int?
        /// What went wrong, in words.
        package var fault: String?

        /// A try.
        package init(time: Milliseconds, status: Int?, fault: String?) {
            self.time = time
            self.status = status
            self.fault = fault
        }
    }

    /// 1, 2, …: its number among the deliveries of its operation.
    package var number: Int
    /// The event.
    package var event: Event
    /// The name of the receiver in the configuration, or the host and port of a callback.
    package var endpoint: String
    /// The URL of a callback; nil for a receiver from the configuration.
    package var url: String?
    /// Where it stands.
    package var state: State
    /// The last tries, oldest first; twenty are kept.
    package var tries: [Try]
    /// When it is tried next, by Redis's clock.
    package var nextTry: Milliseconds?

    /// A delivery as read back from the store.
    package init(number: Int, event: Event, endpoint: String, url: String?, state: State, tries: [Try], nextTry: Milliseconds?) {
        self.number = number
        self.event = event
        self.endpoint = endpoint
        self.url = url
        self.state = state
        self.tries = tries
        self.nextTry = nextTry
    }
}

/// The deliveries of one operation; kept for a week after the last change, so longer than the operation.
package struct DeliveryLedger: Sendable, Hashable {
    /// Whose operation it is.
    package var tenant: Name
    /// In the order of their numbers.
    package var deliveries: [Delivery]
    /// Events that were not delivered because there were too many: `DeliveryLedger.most`.
    package var dropped: Int

    /// The most deliveries of one operation; beyond it only the events that end it are delivered.
    package static let most = 500

    /// A ledger.
    package init(tenant: Name, deliveries: [Delivery], dropped: Int) {
        self.tenant = tenant
        self.deliveries = deliveries
        self.dropped = dropped
    }
}
