/// Submissions that are measured.
struct ObservedSubmissions: SubmissionStore {
    let store: any SubmissionStore
    let observer: OperationObserver

    func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer {
        var submission = submission
        let span = observer.tracer?.submission(&submission)
        let answer: SubmitAnswer
        do {
            answer = try await observer.watched { [submission] () throws(StoreError) in try await store.submit(submission) }
            span?.end()
        } catch {
            span?.fail("\(error.code)")
            throw error
        }
        if case .accepted = answer { observer.accepted(submission.definition.type) }
        return answer
    }

    func durability() async throws(StoreError) -> Durability {
        try await observer.watched { () throws(StoreError) in try await store.durability() }
    }
}
