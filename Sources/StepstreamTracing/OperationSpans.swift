import Instrumentation
import ServiceContextModule
package import Stepstream
package import Tracing

/// Draws the spans of operations: the submission, and under it every attempt to run or undo a step, in whatever process it is made.
///
/// The trace context (W3C traceparent) is kept with the operation; what an attempt hands on is its own span's.
package struct OperationSpans: OperationTracer {
    private let tracer: any Tracer

    /// Spans by `tracer`.
    package init(tracer: any Tracer) {
        self.tracer = tracer
    }

    /// Begins the span of a submission, under the one that the client sent.
    package func submission(_ submission: inout Submission) -> any OperationSpan {
        let name = "submit \(submission.definition.type)"
        let span = tracer.startAnySpan(name, context: context(submission.traceparent, by: tracer), ofKind: .server)
        span.attributes["stepstream.operation"] = submission.id.text
        span.attributes["stepstream.type"] = submission.definition.type.text
        submission.traceparent = traceparent(of: span, by: tracer) ?? submission.traceparent
        return OpenSpan(span)
    }

    /// Begins the span of an attempt, under that of the submission; `operation` hands it on.
    package func attempt(_ lease: Lease, of operation: inout Operation) -> any OperationSpan {
        let work = lease.message.work
        let name = (work.direction == .undo ? "undo" : "run") + " \(operation.type)/\(work.step)"
        let span = tracer.startAnySpan(name, context: context(operation.traceparent, by: tracer), ofKind: .consumer)
        span.attributes["stepstream.operation"] = operation.id.text
        span.attributes["stepstream.type"] = operation.type.text
        span.attributes["stepstream.step"] = work.step.text
        span.attributes["stepstream.direction"] = work.direction.rawValue
        span.attributes["stepstream.attempt"] = operation.record(work)?.attempts ?? 1
        span.attributes["messaging.system"] = "redis"
        span.attributes["messaging.destination.name"] = lease.message.queue.text
        operation.traceparent = traceparent(of: span, by: tracer) ?? operation.traceparent
        return OpenSpan(span)
    }

    /// Begins the span of a try of a delivery, under that of the submission; the header hands it on.
    package func delivery(_ claim: inout ClaimedDelivery) -> any OperationSpan {
        let name = "deliver \(claim.event.kind.rawValue)"
        let span = tracer.startAnySpan(name, context: context(claim.traceparent, by: tracer), ofKind: .client)
        span.attributes["stepstream.operation"] = claim.operation.text
        span.attributes["stepstream.receiver"] = claim.endpoint
        span.attributes["stepstream.attempt"] = claim.tries + 1
        claim.span = traceparent(of: span, by: tracer)
        return OpenSpan(span)
    }

    private func context(_ traceparent: String?, by tracer: any Tracer) -> ServiceContext {
        var context = ServiceContext.topLevel
        if let traceparent { tracer.extract(["traceparent": traceparent], into: &context, using: TextCarrier()) }
        return context
    }

    private func traceparent(of span: any Span, by tracer: any Tracer) -> String? {
        var carrier: [String: String] = [:]
        tracer.inject(span.context, into: &carrier, using: TextCarrier())
        return carrier["traceparent"]
    }
}

/// A span that is open.
struct OpenSpan: OperationSpan {
    private let span: any Span

    init(_ span: any Span) {
        self.span = span
    }

    func end() { span.end() }

    func fail(_ words: String) {
        span.setStatus(.init(code: .error, message: words))
        span.end()
    }

    /// Ends it with what the try of a delivery came to.
    func end(_ outcome: DeliveryOutcome) {
        span.attributes["http.response.status_code"] = outcome.status ?? 0
        let word =
            switch outcome.fate {
            case .delivered: "delivered"
            case .again: "again"
            case .exhausted: "exhausted"
            case .disabled: "disabled"
            }
        span.attributes["stepstream.outcome"] = word
        if outcome.fate == .delivered { end() } else { fail(outcome.fault ?? word) }
    }

    /// Ends it with what the attempt led to.
    func end(_ work: Work, leadingTo transition: Transition) {
        guard let change = transition.changes.first(where: { $0.work == work && $0.endsAttempt }) else { return span.end() }
        span.attributes["stepstream.outcome"] = change.status.rawValue.lowercased()
        switch change.status {
        case .succeeded, .canceled, .skipped, .queued, .waiting, .running: span.end()
        case .retrying, .failed, .held: fail(change.status.rawValue.lowercased())
        }
    }
}

/// Trace context as text fields.
struct TextCarrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
}
