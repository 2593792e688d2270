import Stepstream
package import Tracing

/// Makes spans and gives those that have ended to an exporter. What a client has not sampled is handed on and not recorded.
package struct OTLPTracer: Tracer {
    private let exporter: SpanExporter

    /// A tracer whose spans `exporter` sends.
    package init(_ exporter: SpanExporter) {
        self.exporter = exporter
    }

    /// Begins a span under the one of `context`, or a trace.
    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> OTLPSpan {
        var context = context()
        let parent = context.trace
        let trace = TraceParent(under: parent)
        context.trace = trace
        let span = FinishedSpan(trace, parent: parent?.span, kind: kind, name: operationName, start: instant().nanosecondsSinceEpoch)
        return OTLPSpan(span, context: context, isRecording: trace.isSampled, exporter: exporter)
    }

    /// The exporter sends every second by itself.
    package func forceFlush() {}

    /// Reads `traceparent`.
    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let trace = extractor.extract(key: "traceparent", from: carrier).flatMap(TraceParent.init) else { return }
        context.trace = trace
    }

    /// Writes `traceparent`.
    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.text, forKey: "traceparent", into: &carrier)
    }
}
