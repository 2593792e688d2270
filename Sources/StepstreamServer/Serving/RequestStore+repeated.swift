import Stepstream

extension RequestStore {
    /// Makes an idempotent call once more when nobody knows whether it was done.
    func repeated<Answer>(_ call: () async throws(StoreError) -> Answer) async throws(StoreError) -> Answer {
        do throws(StoreError) {
            return try await call()
        } catch {
            guard error.code == .indeterminate else { throw error }
            return try await again(after: error, call)
        }
    }

    /// Makes a call whose first try ended with `first`, which does not say whether it was done.
    func again<Answer>(after first: StoreError, _ call: () async throws(StoreError) -> Answer) async throws(StoreError) -> Answer {
        do throws(StoreError) {
            return try await call()
        } catch {
            // That nothing was done is true of the second try only.
            throw error.isTransient ? first : error
        }
    }
}
