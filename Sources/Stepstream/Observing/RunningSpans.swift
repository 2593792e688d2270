import Synchronization

/// The spans of the attempts that this process has begun and not ended.
final class RunningSpans: Sendable {
    private struct Key: Hashable {
        let operation: OperationID
        let epoch: Epoch

        init(_ lease: Lease) {
            operation = lease.message.operation
            epoch = lease.epoch
        }
    }

    /// Bounded: the end of an attempt that another process took over is never seen here.
    private static let most = 100_000

    private let spans = Mutex<[Key: any OperationSpan]>([:])

    func begin(_ lease: Lease, with span: any OperationSpan) {
        spans.withLock { spans in
            if spans.count >= Self.most { spans.removeAll() }
            spans[Key(lease)] = span
        }
    }

    func end(_ lease: Lease) -> (any OperationSpan)? {
        spans.withLock { $0.removeValue(forKey: Key(lease)) }
    }
}
