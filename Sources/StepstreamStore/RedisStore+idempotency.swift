import FoundationEssentials
import Crypto
import RedisClient
package import Stepstream

extension RedisStore {
    /// How long a request may take from its reservation to its acceptance, a repetition included; then another takes its place.
    private static let acceptance = Milliseconds(15_000)

    /// See `IdempotencyStore`.
    package func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer {
        var arguments = RedisArguments()
        arguments.append(reservation.id.text)
        arguments.append(reservation.fingerprint)
        arguments.append(Int(idempotencyRetention.count))
        arguments.append(reservation.request)
        arguments.append(Int(Self.acceptance.count))
        let reply = try await evaluate(Scripts.reserve, keys: record(of: reservation), arguments: arguments)
        let second = reply[1].string
        switch (try reply[0].code(of: Scripts.reserve), second.flatMap(OperationID.init)) {
        case (.reserved, _): return .reserved
        case (.bound, let id?):
            // Younger than that, what is not there was never accepted.
            guard (reply[2].integer ?? 0) >= configuration.retention.count else { return .bound(id) }
            guard try await read(id, withEvents: false) == nil else { return .bound(id) }
            try await release(reservation, isNew: false)
            return .expired
        case (.accepting, let id?): return .accepting(id)
        case (.answered, _): if let second { return .answered(second) }
        case (.conflict, _): return .conflict
        default: break
        }
        throw StoreError(.corrupt, "Script reserve answered something unknown.")
    }

    /// See `IdempotencyStore`.
    package func keep(_ answer: String, to reservation: Reservation) async throws(StoreError) {
        var arguments = RedisArguments()
        arguments.append(reservation.id.text)
        arguments.append(answer)
        arguments.append(Int(idempotencyRetention.count))
        _ = try await evaluate(Scripts.answer, keys: record(of: reservation), arguments: arguments)
    }

    /// See `IdempotencyStore`.
    package func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError) {
        var arguments = RedisArguments()
        arguments.append(reservation.request)
        arguments.append(isNew ? "1" : "")
        _ = try await evaluate(Scripts.release, keys: record(of: reservation), arguments: arguments)
    }

    private func record(of reservation: Reservation) -> KeyList {
        var keyList = KeyList()
        keyList.add(keys.idempotency(tenant: reservation.tenant, digest: Self.digest(of: reservation.key)))
        return keyList
    }

    /// The key as it stands in Redis: SHA-256, as hexadecimal digits.
    static func digest(of key: String) -> String {
        SHA256.hash(data: Array(key.utf8)).withUnsafeBytes { Hexadecimal.text($0) }
    }

    /// Long enough that a record outlives its operation's own: the reconciler renews it until the operation ends, to the whole of this.
    var idempotencyRetention: Milliseconds {
        max(configuration.idempotencyRetention, Milliseconds(configuration.retention.count * 2))
    }
}
