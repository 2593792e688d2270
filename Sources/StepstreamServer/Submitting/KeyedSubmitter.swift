import Logging
import Stepstream

/// Sees to it that the requests with one idempotency key are one: they get one ID, and once the first has been answered its answer.
struct KeyedSubmitter: Sendable {
    let store: RequestStore
    let submitter: Submitter
    let logger: Logger

    /// What came of a request.
    enum Result {
        /// It was submitted; its answer is to be kept, if it is the first of a key.
        case submitted(Submitter.Submitted, Reservation?)
        /// It was answered before.
        case answered(FirstAnswer)
    }

    /// Submits `request` unless the first one with its key has been answered.
    func submit(_ request: SubmissionRequest, terms: SubmissionTerms) async throws -> Result {
        if let header = terms.id, let member = request.id, header != member {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "/id", detail: "The header Operation-Id names another ID.")])
        }
        let wanted = terms.id ?? request.id
        guard let key = terms.key else {
            return .submitted(try await submitter.submit(request, terms: terms, as: wanted ?? Submitter.freshID()), nil)
        }
        var reservation = Reservation(
            tenant: terms.caller.tenant,
            key: key,
            id: wanted ?? Submitter.freshID(),
            fingerprint: request.fingerprint,
            request: Submitter.freshID().text
        )
        Failpoint.reach(.beforeReserve)
        let reserved = try await store.repeated({ () throws(StoreError) in try await store.reserve(reservation) })
        Failpoint.reach(.afterReserve)
        switch reserved {
        case .reserved: return try await first(request, terms: terms, reservation: reservation, isNew: true)
        case .bound(let bound):
            try check(wanted, is: bound)
            reservation.id = bound
            return try await first(request, terms: terms, reservation: reservation, isNew: false)
        case .accepting(let bound):
            try check(wanted, is: bound)
            // Its own try before this one may be what is on its way: then an answer was cut off that the client should have now.
            guard try await store.read(bound) != nil else {
                throw RequestProblem(.inProgress, "Send it again in a second, with the same key.")
            }
            return .submitted(try await submitter.submit(request, terms: terms, as: bound), nil)
        case .answered(let text):
            guard let answer = FirstAnswer(text) else {
                throw StoreError(.corrupt, "The answer kept for an idempotency key cannot be read.")
            }
            try check(wanted, is: answer.fields.first { $0.0 == .operationID }.flatMap { OperationID($0.1) })
            return .answered(answer)
        case .expired:
            throw RequestProblem(
                .conflict,
                "The operation of this Idempotency-Key has been forgotten, and its answer is not known. Use another key."
            )
        case .conflict: throw RequestProblem(.keyReused, "This Idempotency-Key was used with another request.")
        }
    }

    /// Keeps the answer to the first request of a key. What was accepted is answered, even if this fails: a replay then gets the operation as it is.
    func keep(_ answer: FirstAnswer, of operation: Operation, to reservation: Reservation) async {
        Failpoint.reach(.beforeKeep)
        do throws(StoreError) {
            try await store.repeated { () throws(StoreError) in try await store.keep(answer.text, to: reservation) }
        } catch {
            let metadata = Logger.Metadata.about(LogSubject(operation), and: [LogKey.error: "\(error)"])
            logger.warning("The first answer to an idempotency key could not be kept", metadata: metadata)
        }
    }

    private func first(
        _ request: SubmissionRequest,
        terms: SubmissionTerms,
        reservation: Reservation,
        isNew: Bool
    ) async throws -> Result {
        do {
            return .submitted(try await submitter.submit(request, terms: terms, as: reservation.id), reservation)
        } catch {
            if !((error as? StoreError)?.code == .indeterminate) { await release(reservation, isNew: isNew) }
            throw error
        }
    }

    private func release(_ reservation: Reservation, isNew: Bool) async {
        do throws(StoreError) {
            try await store.release(reservation, isNew: isNew)
        } catch {
            // It is free again when the time to accept it is over.
            logger.debug("An idempotency key could not be given back", metadata: [LogKey.error: "\(error)"])
        }
    }

    private func check(_ wanted: OperationID?, is bound: OperationID?) throws(RequestProblem) {
        if let wanted, wanted != bound {
            throw RequestProblem(.keyReused, "This Idempotency-Key was used for an operation of another ID.")
        }
    }
}
