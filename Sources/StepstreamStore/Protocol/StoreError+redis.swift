import RedisClient
import Stepstream

extension StoreError {
    static func corrupt(_ field: String, of id: OperationID, cause: (any Error)? = nil) -> StoreError {
        StoreError(.corrupt, "Field \"\(field)\" of operation \(id) does not hold what it must.", cause: cause)
    }

    /// Redis refuses writes because of its own state: memory, disk, role, replicas.
    private static let refusals: Set<RedisError.Code> = [.outOfMemory, .misconfigured, .readOnly, .noReplicas]

    /// What an error of the client means to the callers of the store.
    init(_ error: RedisError, doing what: String, file: String = #fileID, line: Int = #line) {
        let code: Code =
            switch error.errorClass {
            case .notApplied: Self.refusals.contains(error.code) ? .refused : .unavailable
            case .fixThenRetry, .success: .unavailable
            case .indeterminate: .indeterminate
            case .configuration: .misconfigured
            case .cancelled: .cancelled
            case .other: .corrupt
            }
        self.init(code, "\(what): \(error)", cause: error, file: file, line: line)
    }
}
