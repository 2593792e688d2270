import Synchronization
public import Tracing

/// A span that is sent when it has ended.
public final class OTLPSpan: Span {
    /// Names the span, for those under it.
    public let context: ServiceContext
    /// Whether it is sent at all.
    public let isRecording: Bool
    private let state: Mutex<FinishedSpan>
    private let hasEnded = Atomic(false)
    private let exporter: SpanExporter

    init(_ span: FinishedSpan, context: ServiceContext, isRecording: Bool, exporter: SpanExporter) {
        self.context = context
        self.isRecording = isRecording
        self.exporter = exporter
        state = Mutex(span)
    }

    /// What it is called.
    public var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    /// What else is told of it.
    public var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }

    /// How it went.
    public func setStatus(_ status: SpanStatus) { state.withLock { $0.status = status } }

    /// Not sent: what happens in an operation has spans of its own.
    public func addEvent(_ event: SpanEvent) {}

    /// Tells the error as the status.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        setStatus(SpanStatus(code: .error, message: "\(error)"))
    }

    /// Not sent: a span has its parent.
    public func addLink(_ link: SpanLink) {}

    /// Ends it, once.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard !hasEnded.exchange(true, ordering: .relaxed), isRecording else { return }
        let end = instant().nanosecondsSinceEpoch
        exporter.take(
            state.withLock { span in
                span.end = end
                return span
            }
        )
    }
}
