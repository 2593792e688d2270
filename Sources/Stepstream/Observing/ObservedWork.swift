/// Work whose way is measured.
struct ObservedWork: WorkStore {
    let store: any WorkStore
    let observer: OperationObserver

    func begin(_ messages: [DeliveredMessage], with begin: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        var answers = try await observer.watched { () throws(StoreError) in try await store.begin(messages, with: begin) }
        if let tracer = observer.tracer { answers = answers.map { traced($0, by: tracer) } }
        let begun = answers.compactMap { answer in
            switch answer {
            case .begun(let lease, let operation): BegunAttempt(lease, of: operation)
            case .held, .stale: nil
            }
        }
        observer.began(begun)
        return answers
    }

    private func traced(_ answer: BeginAnswer, by tracer: any OperationTracer) -> BeginAnswer {
        guard case .begun(let lease, var operation) = answer else { return answer }
        observer.spans.begin(lease, with: tracer.attempt(lease, of: &operation))
        return .begun(lease, operation)
    }

    func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer] {
        let answers = try await observer.watched { () throws(StoreError) in try await store.renew(leases, by: duration) }
        observer.count(.leasesLost, by: answers.count { $0 == .lost })
        if observer.tracer != nil {
            for (lease, answer) in zip(leases, answers) where answer == .lost { observer.spans.end(lease)?.fail("lease lost") }
        }
        return answers
    }

    func commit(_ lease: Lease, of operation: Operation, applying transition: Transition) async throws(StoreError) -> CommitAnswer {
        let answer = try await observer.watched { () throws(StoreError) in
            try await store.commit(lease, of: operation, applying: transition)
        }
        switch answer {
        case .applied:
            observer.applied(transition, of: operation, after: lease.message.work)
            if observer.tracer != nil { observer.spans.end(lease)?.end(lease.message.work, leadingTo: transition) }
        case .changed: observer.count(.commitsRefused, labels: ["changed"])
        case .lost:
            observer.count(.commitsRefused, labels: ["lost"])
            if observer.tracer != nil { observer.spans.end(lease)?.fail("lease lost") }
        }
        return answer
    }

    func snooze(_ messages: [DeliveredMessage], after delay: Milliseconds, because problem: Problem) async throws(StoreError) {
        try await observer.watched { () throws(StoreError) in try await store.snooze(messages, after: delay, because: problem) }
        for (queue, messages) in Dictionary(grouping: messages, by: \.message.queue) {
            observer.count(.snoozed, labels: [queue.text], by: messages.count)
        }
    }

    func reclaim(_ queue: Name, consumer: String, idle: Milliseconds, cursor: ReclaimCursor) async throws(StoreError) -> ReclaimPage {
        let page = try await observer.watched { () throws(StoreError) in
            try await store.reclaim(queue, consumer: consumer, idle: idle, cursor: cursor)
        }
        observer.count(.reclaimed, labels: [queue.text], by: page.messages.count)
        return page
    }
}
