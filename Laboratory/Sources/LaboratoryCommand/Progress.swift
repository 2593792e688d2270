import Foundation

/// One line that is written over on a terminal, and nothing elsewhere.
struct Progress: Sendable {
    private let isTerminal = isatty(2) == 1

    /// Shows `words` in place of the last ones.
    func show(_ words: String) {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(words)".utf8))
    }

    /// Takes the line away.
    func clear() {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}

/// Lets what was printed be seen at once, also through a pipe.
func flushOutput() {
    fflush(nil)
}
