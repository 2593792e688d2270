import FoundationEssentials

extension Milliseconds {
    /// The present, by this machine's clock.
    package static var now: Milliseconds { Milliseconds(Int64(Date.now.timeIntervalSince1970 * 1000)) }
}
