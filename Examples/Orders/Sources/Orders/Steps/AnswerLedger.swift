package import GRDB

/// Makes a service's two endpoints idempotent: the answer to a key is stored in the transaction that has the effect.
///
/// The order of the checks, all under the database's one write lock:
/// 1. a lower `Stepstream-Epoch` than the highest seen under the key is refused (409 `stale-epoch`): whoever sends it has lost the step;
/// 2. a forward call whose undo has come already is refused (409 `undone`), however late it comes;
/// 3. a stored answer is replayed, if the request is the same (else 422 `key-reused`);
/// 4. the effect happens.
package struct AnswerLedger: Sendable {
    private let service: any StepService
    private let database: any DatabaseWriter

    package init(service: any StepService, database: any DatabaseWriter) {
        self.service = service
        self.database = database
    }

    static func migrate(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("ledger") { db in
            try db.execute(
                sql: """
                    CREATE TABLE answer (
                        key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL
                    ) STRICT;
                    CREATE TABLE epoch (key TEXT PRIMARY KEY, highest INTEGER NOT NULL) STRICT;
                    CREATE TABLE tombstone (key TEXT PRIMARY KEY) STRICT;
                    """
            )
        }
    }

    /// Answers a forward call.
    package func perform(_ call: StepCall) async throws -> Answer {
        guard !call.key.isUndo else { return .wrongKey("This endpoint does the step; a key that ends in /undo belongs to its undo.") }
        return try await answering(call) { db in try service.perform(call, in: db) }
    }

    /// Answers an undo call. Undoing what never happened succeeds, and refuses it from then on.
    package func undo(_ call: StepCall) async throws -> Answer {
        guard call.key.isUndo else { return .wrongKey("This endpoint undoes the step; its key is that of the step with /undo at its end.") }
        return try await answering(call) { db in
            let forward = call.key.forward
            try db.execute(sql: "INSERT OR IGNORE INTO tombstone (key) VALUES (?)", arguments: [forward.text])
            return .final(try service.undo(call, of: forward, in: db))
        }
    }

    private func answering(
        _ call: StepCall,
        effect: @escaping @Sendable (Database) throws -> Verdict
    ) async throws -> Answer {
        let request = try call.request.fingerprint()
        return try await database.write { db in
            if let refusal = try Self.refusal(of: call, in: db) { return refusal }
            if let replay = try Self.replay(of: call.key, request: request, in: db) { return replay }
            switch try effect(db) {
            case .passing(let answer):
                return answer
            case .final(let answer):
                try db.execute(
                    sql: "INSERT INTO answer (key, request, status, body) VALUES (?, ?, ?, ?)",
                    arguments: [call.key.text, request, answer.status, answer.body]
                )
                return answer
            }
        }
    }

    private static func refusal(of call: StepCall, in db: Database) throws -> Answer? {
        if let epoch = call.epoch {
            let highest = try Int64.fetchOne(db, sql: "SELECT highest FROM epoch WHERE key = ?", arguments: [call.key.text])
            if let highest, epoch < highest {
                return .problem(409, "stale-epoch", "The step has been claimed by another", "Epoch \(epoch) is lower than \(highest).")
            }
            try db.execute(
                sql: "INSERT INTO epoch (key, highest) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET highest = excluded.highest",
                arguments: [call.key.text, epoch]
            )
        }
        // Also before a replay: the stored answer of an undone call speaks of an effect that is no more.
        return try isUndone(call.key, in: db) ? .undone(call.key) : nil
    }

    private static func isUndone(_ key: IdempotencyKey, in db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM tombstone WHERE key = ?)", arguments: [key.text]) ?? false
    }

    private static func replay(of key: IdempotencyKey, request: String, in db: Database) throws -> Answer? {
        guard let row = try Row.fetchOne(db, sql: "SELECT request, status, body FROM answer WHERE key = ?", arguments: [key.text]) else {
            return nil
        }
        guard row["request"] == request else {
            return .problem(422, "key-reused", "The Idempotency-Key belongs to another request", "Use a key once, for one request.")
        }
        var answer = Answer(status: row["status"], body: row["body"])
        answer.isReplay = true
        return answer
    }
}

extension Answer {
    fileprivate static func undone(_ key: IdempotencyKey) -> Answer {
        .problem(409, "undone", "The step has been undone", "\(key) was undone before this call came; it has no effect any more.")
    }

    fileprivate static func wrongKey(_ detail: String) -> Answer {
        .problem(400, "wrong-key", "The Idempotency-Key is not one for this endpoint", detail)
    }
}
