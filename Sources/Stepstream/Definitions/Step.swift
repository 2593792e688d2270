/// One unit of work of an operation.
public struct Step: Sendable, Hashable {
    /// Whether a step runs before the answer to the submission or through a stream.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Before the response, in the API process.
        case sync
        /// Through a queue, by a worker.
        case async
    }

    /// The name, unique in its definition.
    public var name: Name
    /// When it runs.
    public var mode: Mode
    /// The queue its messages go to; a sync step's recovery goes there too.
    public var queue: Name
    /// What runs it.
    public var handler: HandlerReference
    /// The longest one attempt may take. A time-out is an `unknown` outcome.
    public var timeout: Milliseconds
    /// What happens after a failed or unknown attempt.
    public var retry: RetryPolicy
    /// What happens when nobody knows what an attempt did.
    public var onUnknown: UnknownPolicy
    /// How the step is compensated.
    public var undo: Undo

    /// A step with the defaults of the definition format.
    public init(
        name: Name,
        mode: Mode = .async,
        queue: Name = Step.defaultQueue,
        handler: HandlerReference,
        timeout: Milliseconds = Step.defaultTimeout,
        retry: RetryPolicy = RetryPolicy(),
        onUnknown: UnknownPolicy = .retry,
        undo: Undo = .none
    ) {
        self.name = name
        self.mode = mode
        self.queue = queue
        self.handler = handler
        self.timeout = timeout
        self.retry = retry
        self.onUnknown = onUnknown
        self.undo = undo
    }

    /// The queue that messages for undoing it go to.
    package var undoQueue: Name { undo.compensation?.queue ?? queue }

    /// The queue of a step that names none.
    public static let defaultQueue: Name = "default"
    /// The timeout of a step that names none: 30 s.
    public static let defaultTimeout = Milliseconds(30_000)
}

/// What runs a step.
public enum HandlerReference: Sendable, Hashable {
    /// Calls a service; see docs/handlers.md for the request.
    case http(HTTPCall)
    /// A handler registered in code under this name.
    case swift(Name)
    /// Runs a program: JSON on standard input, JSON result on standard output.
    case exec(command: [String])

    /// The request an HTTP handler makes.
    public struct HTTPCall: Sendable, Hashable {
        /// The method; `POST` unless said otherwise.
        public var method: String
        /// An absolute `http` or `https` URL.
        public var url: String
        /// Additional header fields.
        public var headers: [String: String]

        /// A call of `url`.
        public init(method: String = "POST", url: String, headers: [String: String] = [:]) {
            self.method = method
            self.url = url
            self.headers = headers
        }
    }
}

/// How a step is compensated when its operation does not succeed.
public enum Undo: Sendable, Hashable {
    /// Nothing to undo.
    case none
    /// After this step the operation only goes forward: it and the steps before it are not undone.
    case pivot
    /// Runs a handler under its own budget.
    case handler(Compensation)

    /// The handler of an undo and its policies.
    public struct Compensation: Sendable, Hashable {
        /// What runs it.
        public var handler: HandlerReference
        /// The queue; the step's own unless said otherwise.
        public var queue: Name?
        /// The longest one attempt may take.
        public var timeout: Milliseconds
        /// Its own retry budget.
        public var retry: RetryPolicy

        /// A compensation with the defaults of the definition format.
        public init(
            handler: HandlerReference,
            queue: Name? = nil,
            timeout: Milliseconds = Step.defaultTimeout,
            retry: RetryPolicy = RetryPolicy(attempts: 10)
        ) {
            self.handler = handler
            self.queue = queue
            self.timeout = timeout
            self.retry = retry
        }
    }

    /// The compensation, if there is one.
    public var compensation: Compensation? {
        switch self {
        case .handler(let compensation): compensation
        case .none, .pivot: nil
        }
    }
}
