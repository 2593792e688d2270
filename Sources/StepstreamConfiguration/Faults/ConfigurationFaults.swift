/// What is wrong with the configuration, and where. All faults are reported at once.
package struct ConfigurationFaults: Error, CustomStringConvertible {
    /// One of them.
    package struct Fault: Sendable {
        /// `config/stepstream.yaml:12:3`, `environment, STEPSTREAM_HTTP_PORT`, `command line, --port`.
        package let place: String
        package let words: String

        init(_ words: String, at place: String) {
            self.words = words
            self.place = place
        }
    }

    package let faults: [Fault]

    package init(_ faults: [Fault]) {
        self.faults = faults
    }

    package var description: String {
        "The configuration cannot be used:\n" + faults.map { "  \($0.place): \($0.words)" }.joined(separator: "\n")
    }
}

extension ConfigurationFaults.Fault {
    /// A key that does not exist.
    static func unknown(_ key: String, among known: [String], at place: String) -> Self {
        let near = known.min { $0.distance(to: key) < $1.distance(to: key) }
        let hint = near.flatMap { $0.distance(to: key) <= 4 ? " Did you mean \($0)?" : nil } ?? ""
        return .init("\(key): there is no such key.\(hint) Known: \(known.joined(separator: ", "))", at: place)
    }
}

extension String {
    /// How many letters differ: Levenshtein's distance.
    fileprivate func distance(to other: String) -> Int {
        let other = Array(other)
        var row = Array(0...other.count)
        for (line, character) in enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in other.indices {
                let substitution = diagonal + (character == other[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(substitution, row[column] + 1, diagonal + 1)
            }
        }
        return row[other.count]
    }
}
