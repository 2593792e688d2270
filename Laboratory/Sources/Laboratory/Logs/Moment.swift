import Glibc

/// Time as all processes of a run see it: microseconds of the machine's monotonic clock.
public enum TimeLabel {
    /// The time now.
    public static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
