import RedisClient
import Stepstream

extension StoreError {
    /// What an error of the client means to the callers of the store.
    init(_ error: RedisError, doing what: String, file: String = #fileID, line: Int = #line) {
        let code: Code =
            switch error.errorClass {
            case .notApplied: error.isRefusal ? .refused : .unavailable
            case .fixThenRetry, .success: .unavailable
            case .indeterminate: .indeterminate
            case .configuration: .misconfigured
            case .cancelled: .cancelled
            case .other: .corrupt
            }
        self.init(code, "\(what): \(error)", cause: error, file: file, line: line)
    }
}
