import Stepstream

/// The notice that watchers of a channel get of a message.
protocol PublishedNotice: Sendable {
    /// The subscription stands, or stands again: what happened before may have been missed.
    static var resynchronize: Self { get }

    /// What `message` says.
    init(message: String)
}

extension ChangeNotice: PublishedNotice {
    init(message: String) {
        self = EventLine.events(in: message).map(ChangeNotice.events) ?? .resynchronize
    }
}

extension DeliveryNotice: PublishedNotice {
    init(message: String) { self = .resynchronize }
}

extension WorkerNotice: PublishedNotice {
    init(message: String) {
        // A timer's text holds colons, which no ID does.
        self = message == PauseNotice.text ? .pausesChanged : OperationID(message).map(WorkerNotice.cancelRequested) ?? .earlierTimer
    }
}
