/// One thing a worker can be asked to do for an operation: run a step, or undo it.
public struct Work: Hashable, Sendable {
    /// Which way a step is taken.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// Runs the step.
        case forward
        /// Undoes the step.
        case undo
    }

    /// The step.
    public var step: Name
    /// Whether it is run or undone.
    public var direction: Direction

    /// To run or undo `step`.
    public init(_ direction: Direction, _ step: Name) {
        self.step = step
        self.direction = direction
    }
}

/// A stream entry, or what will become one: asks a worker to do `work` for `operation`.
package struct Message: Hashable, Sendable {
    /// The operation.
    package var operation: OperationID
    /// What to do.
    package var work: Work
    /// The queue it goes to.
    package var queue: Name
    /// The version of the definition the operation was accepted with.
    package var definition: DefinitionVersion

    /// A message to `queue`.
    package init(operation: OperationID, work: Work, queue: Name, definition: DefinitionVersion) {
        self.operation = operation
        self.work = work
        self.queue = queue
        self.definition = definition
    }
}

/// The content hash of a definition: 16 hexadecimal digits of SHA-256.
public struct DefinitionVersion: Hashable, Sendable, CustomStringConvertible {
    /// The digits.
    public let text: String

    /// Accepts 16 lower-case hexadecimal digits.
    public init?(_ text: String) {
        var text = text
        guard text.utf8.count == 16, text.withUTF8(Self.isHexadecimal) else { return nil }
        self.text = text
    }

    private static func isHexadecimal(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in bytes where !Hexadecimal.isDigit(byte) { return false }
        return true
    }

    /// The text.
    public var description: String { text }
}
