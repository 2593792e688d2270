extension StoreError {
    /// Makes an idempotent call once more when nobody knows whether it was done.
    static func repeatingOnce<Answer>(_ call: () async throws(StoreError) -> Answer) async throws(StoreError) -> Answer {
        do throws(StoreError) {
            return try await call()
        } catch {
            guard error.code == .indeterminate else { throw error }
            return try await error.repeating(call)
        }
    }

    /// Makes a call whose first try ended with this error, which does not say whether it was done.
    func repeating<Answer>(_ call: () async throws(StoreError) -> Answer) async throws(StoreError) -> Answer {
        do throws(StoreError) {
            return try await call()
        } catch {
            throw after(second: error)
        }
    }

    /// What is known after a first try that ended with this error and a second one: that nothing was done is true of the second only.
    func after(second: StoreError) -> StoreError {
        second.isTransient ? self : second
    }
}
