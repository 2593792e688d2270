extension Submitter {
    /// Submits `requests`, whose idempotency keys, if they have any, are passed over. Those whose sync steps run here or whose end is waited
    /// for are submitted each by itself, all others in one call of the store.
    ///
    /// - Returns: for each, in order, what came of it, or its `SubmissionRefusal` or `StoreError`.
    package func submit(unkeyed requests: [SubmissionRequest]) async -> [Result<Submitted, any Error>] {
        await withTaskGroup(of: (Int, Result<Submitted, any Error>).self) { group in
            // Side by side: whose submission is at the same place.
            var places: [Int] = []
            var together: [Submission] = []
            places.reserveCapacity(requests.count)
            together.reserveCapacity(requests.count)
            for index in requests.indices {
                let request = requests[index]
                let decisions = Decisions(request.entry.definition, version: request.entry.version)
                if request.wait != nil || mayRunInline(request, by: decisions) {
                    group.addTask { (index, await self.result(of: request)) }
                } else {
                    places.append(index)
                    together.append(submission(of: request, by: decisions))
                }
            }
            var results = [Result<Submitted, any Error>?](repeating: nil, count: requests.count)
            for (place, result) in zip(places, await accept(together)) { results[place] = result }
            for await (index, result) in group { results[index] = result }
            Failpoint.reach(.beforeAnswer)
            return results.map { $0 ?? .failure(StoreError.unanswered) }
        }
    }

    private func result(of request: SubmissionRequest) async -> Result<Submitted, any Error> {
        do {
            return .success(try await submit(unkeyed: request))
        } catch {
            return .failure(error)
        }
    }

    /// Its sync steps, if it has any, are left to workers.
    private func submission(of request: SubmissionRequest, by decisions: Decisions) -> Submission {
        Submission(
            of: request,
            as: request.id ?? .fresh(),
            fingerprint: request.fingerprint,
            by: decisions,
            inline: false,
            recovery: runner.recovery
        )
    }

    private func accept(_ submissions: [Submission]) async -> [Result<Submitted, any Error>] {
        guard !submissions.isEmpty else { return [] }
        let answers = await answers(to: submissions)
        // One question serves them all.
        let achieved = submissions.contains { $0.durability != nil } ? await durability() : nil
        return zip(answers, submissions).map { answer, submission in
            switch answer {
            case .success(.accepted(let operation)), .success(.exists(let operation)):
                // It was accepted, so there was at least what was asked for.
                .success(Submitted(operation: operation, durability: submission.durability.map { achieved ?? $0 }))
            case .success(.conflict): .failure(SubmissionRefusal.idTaken(submission.id))
            case .failure(let error): .failure(error)
            }
        }
    }

    /// The store's answers; where nobody knows whether it was done, those to a second try.
    private func answers(to submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] {
        var answers = await store.submissions.submit(submissions)
        let unknown = answers.indices.filter { answers[$0].isIndeterminate }
        guard !unknown.isEmpty else { return answers }
        for (index, answer) in zip(unknown, await store.submissions.submit(unknown.map { submissions[$0] })) {
            if case .failure(let first) = answers[index] { answers[index] = answer.mapError { first.after(second: $0) } }
        }
        return answers
    }
}

extension Result where Failure == StoreError {
    /// Whether nobody knows if the call was done.
    fileprivate var isIndeterminate: Bool {
        if case .failure(let error) = self { error.code == .indeterminate } else { false }
    }
}

extension StoreError {
    fileprivate static let unanswered = StoreError(.corrupt, "The store did not answer every submission of several.")
}
