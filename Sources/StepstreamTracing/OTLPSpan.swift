import Synchronization
package import Tracing

/// A span that is sent when it has ended.
package final class OTLPSpan: Span {
    /// Names the span, for those under it.
    package let context: ServiceContext
    /// Whether it is sent at all.
    package let isRecording: Bool
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
    package var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    /// Its other attributes.
    package var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }

    /// How it went.
    package func setStatus(_ status: SpanStatus) { state.withLock { $0.status = status } }

    /// Not sent: what happens in an operation has spans of its own.
    package func addEvent(_ event: SpanEvent) {}

    /// Tells the error as the status.
    package func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        setStatus(SpanStatus(code: .error, message: "\(error)"))
    }

    /// Not sent: a span has its parent.
    package func addLink(_ link: SpanLink) {}

    /// Ends it, once.
    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
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
