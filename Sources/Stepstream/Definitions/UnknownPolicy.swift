/// What happens to a step when nobody knows what an attempt did: it timed out, its connection was cut, its worker was lost.
public enum UnknownPolicy: Sendable, Hashable {
    /// It is tried again under the same idempotency key.
    case retry
    /// It is asked what happened before anything else is done.
    case probe(Probe)
    /// Nothing more is done until an operator decides.
    case hold

    /// What is asked, under the step's own idempotency key, whether the step was done.
    public struct Probe: Sendable, Hashable {
        /// What runs it.
        public var handler: HandlerReference
        /// The longest it may take.
        public var timeout: Milliseconds

        /// A probe with the default of the definition format.
        public init(handler: HandlerReference, timeout: Milliseconds = Step.defaultTimeout) {
            self.handler = handler
            self.timeout = timeout
        }
    }

    /// The probe, if there is one.
    public var probe: Probe? {
        switch self {
        case .probe(let probe): probe
        case .retry, .hold: nil
        }
    }
}
