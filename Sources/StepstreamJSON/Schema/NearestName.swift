/// Guesses what somebody meant to write.
package enum NearestName {
    /// The one of `known` that is at most two edits (a third of a short word) away from `written`, without regard to case.
    package static func of(_ written: String, in known: [String]) -> String? {
        let budget = written.count < 6 ? max(1, written.count / 3) : 2
        let written = Array(written.lowercased().unicodeScalars.prefix(40))
        let distances = known.map { (name: $0, distance: edits(written, Array($0.lowercased().unicodeScalars))) }
        return distances.filter { $0.distance <= budget }.min { $0.distance < $1.distance }?.name
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static func edits(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replaced, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, before[column - 1] + 1)
                }
                current.append(best)
            }
            (before, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
