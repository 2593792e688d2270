#if LABORATORY
/// Submissions during which the process may die.
struct FaultySubmissions: SubmissionStore {
    let store: any SubmissionStore
    let faults: FaultPlan

    func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer {
        faults.reach(.beforeSubmit)
        let answer = try await store.submit(submission)
        faults.reach(.afterSubmit)
        return answer
    }

    func submitAtOnce(_ submission: Submission) async throws(StoreError) -> SubmitAnswer? {
        faults.reach(.beforeSubmit)
        let answer = try await store.submitAtOnce(submission)
        if answer != nil { faults.reach(.afterSubmit) }
        return answer
    }

    func submit(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] {
        faults.reach(.beforeSubmit)
        let answers = await store.submit(submissions)
        faults.reach(.afterSubmit)
        return answers
    }

    func durability() async throws(StoreError) -> Durability {
        let durability = try await store.durability()
        faults.reach(.afterDurability)
        return durability
    }
}
#endif
