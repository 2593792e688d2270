import FoundationEssentials
import Crypto
import RedisClient
package import Stepstream

extension RedisStore {
    /// How long a request may take from its reservation to its acceptance, a repetition included; then another takes its place.
    private static let acceptance = Milliseconds(15_000)

    /// See `IdempotencyStore`.
    package func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer {
        typealias Argument = ReserveScript.Argument
        typealias Answer = ReserveScript.Answer
        var keyList = KeyList()
        keyList.add(ReserveScript.Key.record, key: record(of: reservation))
        var arguments = ScriptArguments()
        arguments.append(Argument.id, value: reservation.id.text)
        arguments.append(Argument.fingerprint, value: reservation.fingerprint)
        arguments.append(Argument.life, value: idempotencyRetention)
        arguments.append(Argument.request, value: reservation.request)
        arguments.append(Argument.acceptance, value: Self.acceptance)
        let reply = try await evaluate(Scripts.reserve, keys: keyList, arguments: arguments)
        let value = reply[Answer.value].string
        switch (try reply[Answer.code].code(ReserveScript.Code.self, of: Scripts.reserve), value.flatMap(OperationID.init)) {
        case (.reserved, _): return .reserved
        case (.bound, let id?):
            // Younger than that, what is not there was never accepted.
            guard (reply[Answer.age].integer ?? 0) >= configuration.retention.count else { return .bound(id) }
            guard try await read(id, withEvents: false) == nil else { return .bound(id) }
            try await release(reservation, isNew: false)
            return .expired
        case (.accepting, let id?): return .accepting(id)
        case (.answered, _): if let value { return .answered(value) }
        case (.conflict, _): return .conflict
        case (.bound, nil), (.accepting, nil): break
        }
        throw StoreError.unknownAnswer(of: Scripts.reserve)
    }

    /// See `IdempotencyStore`.
    package func keep(_ answer: String, to reservation: Reservation) async throws(StoreError) {
        var keyList = KeyList()
        keyList.add(AnswerScript.Key.record, key: record(of: reservation))
        var arguments = ScriptArguments()
        arguments.append(AnswerScript.Argument.id, value: reservation.id.text)
        arguments.append(AnswerScript.Argument.answer, value: answer)
        arguments.append(AnswerScript.Argument.life, value: idempotencyRetention)
        _ = try await evaluate(Scripts.answer, keys: keyList, arguments: arguments)
    }

    /// See `IdempotencyStore`.
    package func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError) {
        var keyList = KeyList()
        keyList.add(ReleaseScript.Key.record, key: record(of: reservation))
        var arguments = ScriptArguments()
        arguments.append(ReleaseScript.Argument.request, value: reservation.request)
        arguments.append(ReleaseScript.Argument.isNew, value: isNew)
        _ = try await evaluate(Scripts.release, keys: keyList, arguments: arguments)
    }

    private func record(of reservation: Reservation) -> String {
        keys.idempotency(tenant: reservation.tenant, digest: Self.digest(of: reservation.key))
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
