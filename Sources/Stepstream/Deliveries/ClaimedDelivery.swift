import Crypto

/// A delivery that this process is to try, as long as its lease holds.
package struct ClaimedDelivery: Sendable, Hashable {
    /// Whose event it is.
    package var operation: OperationID
    /// Its number in the operation's ledger.
    package var number: Int
    /// The receiver's name in the configuration, or the place of a callback.
    package var endpoint: String
    /// The URL of a callback; nil for a receiver from the configuration.
    package var url: String?
    /// The event.
    package var event: Event
    /// How many tries there were since it was last replayed.
    package var tries: Int
    /// Fences the outcome: another claim has a higher one.
    package var epoch: Int
    /// W3C trace context of the operation; part of the event.
    package var traceparent: String?
    /// W3C trace context of this try's span; nil: none is drawn.
    package var span: String?

    /// A claim.
    package init(operation: OperationID, number: Int, endpoint: String, url: String?, event: Event, tries: Int, epoch: Int) {
        self.operation = operation
        self.number = number
        self.endpoint = endpoint
        self.url = url
        self.event = event
        self.tries = tries
        self.epoch = epoch
    }

    /// The `webhook-id`: the same for every try and replay, and chosen by nobody, as an operation's ID may be.
    package var webhookID: String {
        let name = "\(operation)/\(event.sequence)/\(event.time.count)/\(endpoint)/\(url ?? "")"
        return "msg_" + SHA256.hash(data: Array(name.utf8)).withUnsafeBytes { Hexadecimal.text($0, first: 16) }
    }
}

/// What one try of a delivery came to.
package struct DeliveryOutcome: Sendable, Hashable {
    /// What becomes of the delivery.
    package enum Fate: Sendable, Hashable {
        /// The receiver has it.
        case delivered
        /// It is tried again after this long.
        case again(after: Milliseconds)
        /// It is given up.
        case exhausted
        /// The receiver answered 410 Gone and was disabled; with its URL, if it is a configured one.
        case disabled(configured: String?)
    }

    /// What becomes of it.
    package var fate: Fate
    /// What the receiver answered.
    package var status: Int?
    /// What went wrong, in words.
    package var fault: String?
    /// How long the receiver is left alone altogether; nil when it answered well, which ends a row of failures.
    package var pause: Milliseconds?

    /// An outcome.
    package init(_ fate: Fate, status: Int?, fault: String?, pause: Milliseconds?) {
        self.fate = fate
        self.status = status
        self.fault = fault
        self.pause = pause
    }
}
