import Stepstream

extension DeliveryOutcome {
    /// How long a receiver is left alone that cannot be reached or says that it is overloaded.
    private static let pause = Milliseconds(5000)

    /// What an answer means for a delivery that was tried `tries` times, this one included.
    ///
    /// - Parameters:
    ///   - answer: what the receiver answered.
    ///   - tries: how many tries there were.
    ///   - configured: the URL of a receiver from the configuration.
    ///   - random: 0 to 1.
    init(_ answer: WebhookCall.Answer, tries: Int, configured: String?, random: Double) {
        switch answer {
        case .status(let status, _) where (200..<300).contains(status): self.init(.delivered, status: status, fault: nil, pause: nil)
        case .status(410, _):
            self.init(.disabled(configured: configured), status: 410, fault: "The receiver answered 410 Gone.", pause: 0)
        case .status(let status, let retryAfter):
            let isBusy = [429, 502, 503, 504].contains(status) || retryAfter != nil
            let fault = (300..<400).contains(status) ? "Redirects are not followed." : nil
            self.init(
                Fate(after: tries, retryAfter: retryAfter, random: random),
                status: status,
                fault: fault,
                pause: isBusy ? retryAfter ?? Self.pause : 0
            )
        case .fault(let words):
            self.init(Fate(after: tries, retryAfter: nil, random: random), status: nil, fault: words, pause: Self.pause)
        }
    }
}

extension DeliveryOutcome.Fate {
    fileprivate init(after tries: Int, retryAfter: Milliseconds?, random: Double) {
        self = DeliverySchedule.wait(after: tries, retryAfter: retryAfter, random: random).map { .again(after: $0) } ?? .exhausted
    }
}
