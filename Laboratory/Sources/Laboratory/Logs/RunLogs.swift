import Foundation

/// All that was written down in one run; the only thing the checker looks at.
public struct RunLogs: Sendable {
    /// What was submitted, and what was said to it.
    public var submissions: [SubmissionRecord] = []
    /// What handlers were asked for and did.
    public var ledger: [LedgerRecord] = []
    /// How operations were seen.
    public var statuses: [StatusRecord] = []
    /// What the nemesis did.
    public var faults: [FaultRecord] = []
    /// What was left in Redis when everything had come to rest: name and number.
    public var residue: [FaultRecord] = []

    /// Nothing yet.
    public init() {}

    /// Reads the logs of the run in `folder`.
    ///
    /// - Throws: when a log cannot be read or has a line that is none.
    public init(folder: String) throws {
        submissions = try Self.lines(folder, "submissions") { SubmissionRecord(line: $0) }
        ledger = try Self.lines(folder, "ledger") { LedgerRecord(line: $0) }
        statuses = try Self.lines(folder, "statuses") { StatusRecord(line: $0) }
        faults = try Self.lines(folder, "faults") { FaultRecord(line: $0) }
        residue = try Self.lines(folder, "residue") { FaultRecord(line: $0) }
    }

    private static func lines<Record>(_ folder: String, _ name: String, _ read: (Substring) -> Record?) throws -> [Record] {
        let path = "\(folder)/\(name).log"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            guard let record = read(line) else { throw LaboratoryError("\(path) has a line that cannot be read: \(line)") }
            return record
        }
    }
}
