import RedisClient

extension RedisReply {
    /// An array of names and values as a dictionary.
    var pairs: [String: RedisReply] {
        var pairs: [String: RedisReply] = [:]
        var name: String?
        for element in self {
            if let key = name {
                pairs[key] = element
                name = nil
            } else {
                name = element.string
            }
        }
        return pairs
    }

    /// The members of a sorted set with their scores, as ZRANGE answers them WITHSCORES.
    var scored: [ScoredMember] {
        var members: [ScoredMember] = []
        members.reserveCapacity(count / 2)
        var elements = makeIterator()
        while let member = elements.next(), let score = elements.next() {
            members.append(ScoredMember(text: member.string ?? "", score: score.string ?? ""))
        }
        return members
    }
}

/// A member of a sorted set.
struct ScoredMember {
    let text: String
    /// As Redis writes it.
    let score: String
    /// A score that is a time.
    var time: Int64 { Int64(Double(score) ?? 0) }
}
