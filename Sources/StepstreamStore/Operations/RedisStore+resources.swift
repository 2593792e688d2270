import RedisClient
package import Stepstream

extension RedisStore {
    /// See `OperationReader`.
    package func resource(_ key: String, of tenant: Name) async throws(StoreError) -> ResourceState {
        // Operations live in their own partitions, and what they write of a resource does too.
        let commands = keys.all.map { RedisCommand("HGETALL", $0.resource(key, tenant: tenant)) }
        var state = ResourceState()
        for reply in try await sendAll(commands, doing: "reading a resource's state") {
            try ResourceRecord.decode(reply, into: &state)
        }
        state.pending = try await existing(state.pending)
        state.pending.sort { ($0.since.count, $0.operation.text) < ($1.since.count, $1.operation.text) }
        return state
    }

    /// What was evicted or deleted by hand never ended, and is pending no more.
    private func existing(_ pending: [ResourceState.Pending]) async throws(StoreError) -> [ResourceState.Pending] {
        let commands = pending.map { RedisCommand("EXISTS", keys.partition(of: $0.operation).operation($0.operation)) }
        let replies = try await send(commands, doing: "looking for pending operations")
        return zip(pending, replies).filter { $0.1.integer != 0 }.map(\.0)
    }
}

/// The hash of a resource in one partition: a field `pending:<id>` an operation, and `ended`. templates.lua writes it.
enum ResourceRecord {
    static let pendingPrefix = "pending:"
    static let ended = "ended"

    static func decode(_ reply: RedisReply, into state: inout ResourceState) throws(StoreError) {
        var field: String?
        for element in reply {
            guard let name = field else {
                field = element.string ?? ""
                continue
            }
            field = nil
            let words = (element.string ?? "").split(separator: " ").map(String.init)
            if name == ended {
                let ended = try ended(words)
                if (state.lastEnded?.time ?? 0).count <= ended.time.count { state.lastEnded = ended }
            } else if name.hasPrefix(pendingPrefix) {
                state.pending.append(try pending(String(name.dropFirst(pendingPrefix.count)), words: words))
            }
        }
    }

    private static func pending(_ id: String, words: [String]) throws(StoreError) -> ResourceState.Pending {
        guard words.count == 2, let id = OperationID(id), let type = Name(words[0]), let since = Int64(words[1]) else { throw corrupt }
        return .init(operation: id, type: type, since: Milliseconds(since))
    }

    private static func ended(_ words: [String]) throws(StoreError) -> ResourceState.Ended {
        guard words.count == 5, let id = OperationID(words[0]), let type = Name(words[1]), let status = Status(rawValue: words[2]),
            let version = Int(words[3]), let time = Int64(words[4])
        else { throw corrupt }
        return .init(operation: id, type: type, status: status, version: version, time: Milliseconds(time))
    }

    private static var corrupt: StoreError { StoreError(.corrupt, "A resource's record does not hold what it must.") }
}
