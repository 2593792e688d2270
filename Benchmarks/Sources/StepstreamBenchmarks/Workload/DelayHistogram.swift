import Histogram

/// Delays counted in buckets of three significant digits (HdrHistogram), from a microsecond to an hour: an hour of them takes no more memory
/// than a second.
struct DelayHistogram {
    private var microseconds = Histogram<UInt32>(highestTrackableValue: 3_600_000_000)

    mutating func record(since start: ContinuousClock.Instant) {
        microseconds.record(UInt64((start.duration(to: .now).seconds * 1_000_000).rounded()))
    }

    /// Percentiles in milliseconds, in the order in which they are asked for; NaN of nothing. Starts from nothing again.
    mutating func take(_ percents: [Double]) -> [Double] {
        defer { microseconds.reset() }
        return percents.map { microseconds.totalCount == 0 ? .nan : Double(microseconds.valueAtPercentile($0)) / 1000 }
    }
}
