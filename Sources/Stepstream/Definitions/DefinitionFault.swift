public import StepstreamJSON

/// One thing that is wrong with a definition, and where.
public struct DefinitionFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file; for a definition made in code, its type in quotes.
    public var source: String
    /// The line in the file, from 1.
    public var line: Int?
    /// The column in Unicode scalars, from 1.
    public var column: Int?
    /// The place inside the definition.
    public var pointer: JSONPointer
    /// What is wrong.
    public var words: String
    /// What is allowed.
    public var allowed: String

    package init(source: String, line: Int? = nil, column: Int? = nil, pointer: JSONPointer, words: String, allowed: String) {
        self.source = source
        self.line = line
        self.column = column
        self.pointer = pointer
        self.words = words
        self.allowed = allowed
    }

    /// `file:line:column: what is wrong; what is allowed`, the form that editors jump to.
    public var description: String {
        var place = source
        if let line, let column {
            place += ":\(line):\(column)"
        } else if !pointer.tokens.isEmpty {
            place += " \(pointer)"
        }
        return "\(place): \(words); \(allowed)"
    }
}

/// All that is wrong with the definitions somebody handed over.
public struct DefinitionFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// The faults by source, in the order of the text; at least one.
    public var faults: [DefinitionFault]

    /// All of `faults`.
    public init(faults: [DefinitionFault]) {
        self.faults = faults
    }

    /// One line a fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
