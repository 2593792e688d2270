/// Why the laboratory itself could not work. What it finds wrong with the program is a violation, not an error.
public struct LaboratoryError: Error, CustomStringConvertible, Sendable {
    /// What happened.
    public let description: String

    /// An error.
    public init(_ description: String) {
        self.description = description
    }
}
