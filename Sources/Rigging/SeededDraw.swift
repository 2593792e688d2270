/// Draws that a seed repeats, on every machine and in every release (SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014).
package struct SeededDraw: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The draws of `seed`.
    package init(seed: UInt64) { state = seed }

    /// The next draw.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Whether something of this chance happens.
    package mutating func chance(_ percent: Int) -> Bool { number(below: 100) < percent }

    /// Almost evenly, and faster without optimization than the library's way.
    package mutating func number(below limit: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % limit }

    /// One of `elements`, which are not empty.
    package mutating func one<Element>(of elements: [Element]) -> Element { elements[number(below: elements.count)] }
}
