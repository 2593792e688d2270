import Rigging

extension SeededDraw {
    /// Whether something of this chance happens.
    mutating func happens(_ chance: Double) -> Bool { Double.random(in: 0..<1, using: &self) < chance }
}
