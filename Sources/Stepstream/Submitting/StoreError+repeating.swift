extension StoreError {
    /// Makes an idempotent call once more when nobody knows whether it was done.
    static func repeatingOnce<Answer>(
        _ call: () async throws(StoreError) -> Answer,
        onRepeat: () -> Void = {}
    ) async throws(StoreError) -> Answer {
        do throws(StoreError) {
            return try await call()
        } catch {
            guard error.code == .indeterminate else { throw error }
            let first = error
            onRepeat()
            do throws(StoreError) {
                return try await call()
            } catch {
                // That nothing was done is true of the second try only.
                throw error.isTransient ? first : error
            }
        }
    }
}
