import RedisClient

/// What is wrong with the configuration, and where. All faults are reported at once.
struct ConfigurationFaults: Error, CustomStringConvertible {
    struct Fault: Sendable {
        /// `config/stepstream.yaml:12:3`, `environment`, `command line`.
        let place: String
        let words: String
    }

    let faults: [Fault]

    var description: String {
        "The configuration cannot be used:\n" + faults.map { "  \($0.place): \($0.words)" }.joined(separator: "\n")
    }
}

extension Setting {
    /// The fault of a value that is not allowed; a value that may hold a password is not shown.
    func fault(_ value: String, at place: String) -> ConfigurationFaults.Fault {
        let shown =
            switch kind {
            case .redisURL, .secrets: "the value"
            case .ranges, .ports, .text, .integer, .duration, .choice, .durability, .share, .names, .origins: "\"\(value)\""
            }
        return .init(place: place, words: "\(key): \(shown) is not allowed\(reason(value)); allowed: \(allowed)")
    }

    /// What is wrong with an address, in words that repeat nothing of it.
    private func reason(_ value: String) -> String {
        guard case .redisURL = kind else { return "" }
        do throws(RedisError) {
            _ = try RedisConfiguration(url: value)
            return ""
        } catch {
            return " (\(error.message))"
        }
    }

    /// The fault of a key that does not exist.
    static func unknown(_ key: String, at place: String, among names: [String]) -> ConfigurationFaults.Fault {
        let near = names.min { $0.distance(to: key) < $1.distance(to: key) }
        let hint = near.flatMap { $0.distance(to: key) <= 4 ? " Did you mean \($0)?" : nil } ?? ""
        return .init(place: place, words: "\(key): there is no such key.\(hint) Known: \(names.joined(separator: ", "))")
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
