extension SubmissionStore {
    /// Nil: as far as is known it takes more.
    package func submitAtOnce(_ submission: Submission) async throws(StoreError) -> SubmitAnswer? { nil }

    /// Each by itself, all at once: for a store that knows nothing better.
    package func submit(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] { await submitEach(submissions) }

    /// Accepts several operations, each by itself, all at once; answers for each, in order.
    package func submitEach(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] {
        await withTaskGroup(of: (Int, Result<SubmitAnswer, StoreError>).self) { group in
            for (index, submission) in submissions.enumerated() {
                group.addTask {
                    do throws(StoreError) {
                        return (index, .success(try await self.submit(submission)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var answers: [Int: Result<SubmitAnswer, StoreError>] = [:]
            for await (index, answer) in group { answers[index] = answer }
            return submissions.indices.compactMap { answers[$0] }
        }
    }
}
