/// A promise that was broken, as the logs show it.
public struct Violation: Sendable, Hashable, CustomStringConvertible {
    /// Which promise; docs/guarantees.md lists them.
    public enum Promise: String, Sendable, CaseIterable {
        /// An accepted operation reaches exactly one end, and stays there.
        case oneEnd = "I1"
        /// A step has at most one effect, and none after it was committed or its operation ended.
        case oneEffect = "I2"
        /// What was refused has no effect.
        case refusedIsNothing = "I3"
        /// A failed operation has undone what it did, newest first, each once.
        case undone = "I4"
        /// An idempotency key stands for one operation.
        case oneKey = "I5"
        /// Two attempts do not run at once, unless the older one's process was stopped or cut off.
        case noOverlap = "I6"
        /// Nothing is left behind in Redis.
        case noResidue = "I9"
        /// What was submitted adds up.
        case sums = "I14"
        /// What the scenario itself expects.
        case scenario = "scenario"
    }

    /// Which promise.
    public var promise: Promise
    /// What was seen.
    public var words: String

    /// A violation.
    public init(_ promise: Promise, _ words: String) {
        (self.promise, self.words) = (promise, words)
    }

    /// Promise and words.
    public var description: String { "\(promise.rawValue): \(words)" }
}
