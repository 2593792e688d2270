/// Submissions that are measured.
struct ObservedSubmissions: SubmissionStore {
    let store: any SubmissionStore
    let observer: OperationObserver

    func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer {
        if let tracer = observer.tracer { return try await traced(submission, by: tracer) }
        // No closure, and no copy of the submission: that has many parts.
        let answer: SubmitAnswer
        do {
            answer = try await store.submit(submission)
        } catch {
            throw observer.counted(error)
        }
        note(answer, to: submission)
        return answer
    }

    func submitAtOnce(_ submission: Submission) async throws(StoreError) -> SubmitAnswer? {
        guard observer.tracer == nil else { return nil }
        do {
            guard let answer = try await store.submitAtOnce(submission) else { return nil }
            note(answer, to: submission)
            return answer
        } catch {
            throw observer.counted(error)
        }
    }

    /// The same with a span, which changes the submission.
    private func traced(_ submission: Submission, by tracer: any OperationTracer) async throws(StoreError) -> SubmitAnswer {
        var submission = submission
        let span = tracer.submission(&submission)
        do {
            let answer = try await store.submit(submission)
            span.end()
            note(answer, to: submission)
            return answer
        } catch {
            span.fail("\(error.code)")
            throw observer.counted(error)
        }
    }

    private func note(_ answer: SubmitAnswer, to submission: Submission) {
        if case .accepted = answer { observer.accepted(submission.definition.type) }
    }

    func submit(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] {
        var submissions = submissions
        var spans: [any OperationSpan] = []
        if let tracer = observer.tracer {
            for index in submissions.indices { spans.append(tracer.submission(&submissions[index])) }
        }
        let answers = await store.submit(submissions)
        for (span, answer) in zip(spans, answers) { end(span, with: answer) }
        note(answers, to: submissions)
        return answers
    }

    private func end(_ span: any OperationSpan, with answer: Result<SubmitAnswer, StoreError>) {
        switch answer {
        case .success: span.end()
        case .failure(let error): span.fail("\(error.code)")
        }
    }

    private func note(_ answers: [Result<SubmitAnswer, StoreError>], to submissions: [Submission]) {
        // Those of one type mostly follow each other.
        var accepted: (type: Name, count: Int)?
        for (answer, submission) in zip(answers, submissions) {
            switch answer {
            case .success(.accepted):
                let type = submission.definition.type
                if let accepted, accepted.type != type { observer.accepted(accepted.type, count: accepted.count) }
                accepted = (type, accepted?.type == type ? (accepted?.count ?? 0) + 1 : 1)
            case .success(.exists), .success(.conflict): break
            case .failure(let error): _ = observer.counted(error)
            }
        }
        if let accepted { observer.accepted(accepted.type, count: accepted.count) }
    }

    func durability() async throws(StoreError) -> Durability {
        try await observer.watched { () throws(StoreError) in try await store.durability() }
    }
}
