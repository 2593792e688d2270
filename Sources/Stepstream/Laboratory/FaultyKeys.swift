#if LABORATORY
/// Idempotency keys, at whose changes the process may die.
struct FaultyKeys: IdempotencyStore {
    let store: any IdempotencyStore
    let faults: FaultPlan

    func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer {
        faults.reach(.beforeReserve)
        let answer = try await store.reserve(reservation)
        faults.reach(.afterReserve)
        return answer
    }

    func keep(_ answer: String, to reservation: Reservation) async throws(StoreError) {
        faults.reach(.beforeKeep)
        try await store.keep(answer, to: reservation)
    }

    func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError) {
        faults.reach(.beforeKeyRelease)
        try await store.release(reservation, isNew: isNew)
    }
}
#endif
