package import Logging

/// The operation that a log line is about, with its trace and its step where there are any: the only way of an operation into the log, so
/// that no line names one without the rest.
package struct LogSubject: Sendable {
    private static let operationKey = "operation"
    private static let traceKey = "trace"

    private let operation: OperationID
    private let traceparent: String?
    private let work: Work?
    private let epoch: Epoch?

    private init(_ operation: OperationID, traceparent: String?, work: Work?, epoch: Epoch? = nil) {
        self.operation = operation
        self.traceparent = traceparent
        self.work = work
        self.epoch = epoch
    }

    /// An operation as a whole.
    package init(_ operation: Operation) { self.init(operation.id, traceparent: operation.traceparent, work: nil) }

    /// The attempt under `lease`.
    package init(_ lease: Lease, of operation: Operation) { self.init(lease, traceparent: operation.traceparent) }

    init(_ lease: Lease, traceparent: String?) {
        self.init(lease.message.operation, traceparent: traceparent, work: lease.message.work, epoch: lease.epoch)
    }

    /// The attempt that a handler makes.
    package init(_ context: StepContext) {
        self.init(context.operation, traceparent: context.traceparent, work: context.work, epoch: context.epoch)
    }

    /// The delivery of an event.
    package init(_ claim: ClaimedDelivery) { self.init(claim.operation, traceparent: claim.traceparent, work: nil) }

    /// An operation that could not be read, so that its trace is not known.
    package init(unread operation: OperationID, work: Work? = nil) { self.init(operation, traceparent: nil, work: work) }

    fileprivate var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [Self.operationKey: "\(operation)"]
        if let work {
            metadata[LogKey.step] = "\(work.step)"
            metadata[LogKey.direction] = "\(work.direction.rawValue)"
        }
        if let epoch { metadata[LogKey.epoch] = "\(epoch)" }
        if let trace = traceparent.flatMap({ TraceParent($0)?.trace }) { metadata[Self.traceKey] = "\(trace)" }
        return metadata
    }
}

extension Logger.Metadata {
    /// What a line is about, and its other fields.
    package static func about(_ subject: LogSubject, and more: Logger.Metadata = [:]) -> Logger.Metadata {
        subject.metadata.merging(more) { $1 }
    }
}

extension OperationReader {
    /// What is to be logged of an operation of which only the ID is at hand.
    package func logSubject(of id: OperationID) async -> LogSubject {
        do throws(StoreError) {
            return try await read(id, withEvents: false).map { LogSubject($0) } ?? LogSubject(unread: id)
        } catch {
            // The line that was to be written matters more than what it lacks.
            return LogSubject(unread: id)
        }
    }
}
