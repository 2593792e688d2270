import RedisClient
package import Stepstream

/// Where a page of a listing ended: newest first, by time and then by ID.
struct PagePosition: Comparable {
    let time: Int64
    let id: String

    init(time: Int64, id: String) {
        self.time = time
        self.id = id
    }

    /// A token as `text` writes it: `<time>.<id>`.
    init?(token: String) {
        let parts = token.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let time = Int64(parts[0]), OperationID(String(parts[1])) != nil else { return nil }
        self.init(time: time, id: String(parts[1]))
    }

    var token: String { "\(time).\(id)" }

    static func < (left: PagePosition, right: PagePosition) -> Bool {
        left.time == right.time ? left.id < right.id : left.time < right.time
    }
}

extension RedisStore {
    /// See `OperationReader`.
    package func list(_ query: ListQuery) async throws(StoreError) -> ListPage {
        var position: PagePosition?
        if let token = query.pageToken {
            position = PagePosition(token: token)
            if position == nil { throw StoreError(.invalidArgument, "The page token is not one of ours.") }
        }
        var found: [Operation] = []
        var examined = 0
        while true {
            let size = min(max(query.pageSize - found.count, 50), 500)
            let candidates = try await candidates(query, before: position, limit: size)
            let operations = try await read(candidates.compactMap { OperationID($0.id) })
            for (candidate, operation) in zip(candidates, operations) {
                position = candidate
                if let operation, query.matches(operation) { found.append(operation) }
                if found.count == query.pageSize { return ListPage(operations: found, nextPageToken: candidate.token) }
            }
            examined += candidates.count
            if candidates.count < size { return ListPage(operations: found, nextPageToken: nil) }
            if examined >= query.examined { return ListPage(operations: found, nextPageToken: position?.token) }
        }
    }

    /// The next `limit` index entries below `position`, of all partitions and indexes that matter.
    private func candidates(
        _ query: ListQuery,
        before position: PagePosition?,
        limit: Int
    ) async throws(StoreError) -> [PagePosition] {
        let indexes = keys.all.flatMap { query.indexes(of: $0) }
        let maximum = position.map { String($0.time) } ?? "+inf"
        // The list of what needs a person is ordered by the time since when.
        let minimum = query.needsAttention ? "-inf" : query.createdAfter.map { "(\($0.count)" } ?? "-inf"
        var merged: Set<String> = []
        var entries: [PagePosition] = []
        for index in indexes {
            // Entries of the very millisecond where the last page ended are read again and passed over.
            var offset = 0
            var taken = 0
            while taken < limit {
                let command = RedisCommand(
                    "ZRANGE",
                    index,
                    maximum,
                    minimum,
                    "BYSCORE",
                    "REV",
                    "LIMIT",
                    String(offset),
                    String(limit),
                    "WITHSCORES"
                )
                let reply = try await send(command, doing: "listing operations")
                let page = reply.scored.map { PagePosition(time: $0.time, id: $0.text) }
                for entry in page where position.map({ entry < $0 }) ?? true {
                    taken += 1
                    if merged.insert(entry.id).inserted { entries.append(entry) }
                }
                if page.count < limit { break }
                offset += limit
            }
        }
        return Array(entries.sorted(by: >).prefix(limit))
    }
}

extension ListQuery {
    fileprivate func indexes(of partition: Keys.Partition) -> [String] {
        if needsAttention { return [partition.attention] }
        if isLive { return [partition.live] }
        switch status {
        case .notStarted, .running: return [partition.live]
        case .succeeded, .failed, .canceled: return [partition.ended]
        // Live first: what ends in between is then found twice rather than not at all.
        case nil: return [partition.live, partition.ended]
        }
    }

    fileprivate func matches(_ operation: Operation) -> Bool {
        operation.tenant == tenant && (createdAfter.map { $0 < operation.createdAt } ?? true)
            && (status.map { $0 == operation.status } ?? true) && !(isLive && operation.status.isEnded)
            && (type.map { $0 == operation.type } ?? true)
    }
}
