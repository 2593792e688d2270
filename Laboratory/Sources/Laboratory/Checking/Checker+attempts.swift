extension Checker {
    /// A call while a handler was at work on it.
    struct Stay {
        var epoch: Int64
        var from: Int64
        var to: Int64
        var wasCut: Bool
    }

    /// The calls of each operation, from the time they came to the time they were answered or cut off.
    var stays: [String: [Stay]] {
        ledger.mapValues { records in
            let calls = Dictionary(grouping: records, by: \.call)
            return calls.values.compactMap { records in
                guard let call = records.first(where: { $0.event == .call }) else { return nil }
                let end = records.last { $0.event != .call }
                return Stay(epoch: call.epoch, from: call.time, to: end?.time ?? .max, wasCut: end == nil || end?.event == .gone)
            }.sorted { $0.epoch < $1.epoch }
        }
    }

    /// I6: how often a newer attempt began while an older one was at work.
    var overlaps: Int {
        stays.values.reduce(0) { sum, stays in
            sum + zip(stays, stays.dropFirst()).count { old, new in new.epoch > old.epoch && new.from < old.to }
        }
    }

    /// From each attempt that was cut off to the next one of its operation, in milliseconds.
    var recoveries: [Int64] {
        stays.values.flatMap { stays in
            stays.enumerated().compactMap { number, stay in
                guard stay.wasCut, stay.to < .max, let next = stays[(number + 1)...].first(where: { $0.from >= stay.to }) else {
                    return nil
                }
                return (next.from - stay.to) / 1000
            }
        }
    }
}
