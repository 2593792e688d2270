/// The key of one call of a step: `<operation>/<step>`, and `<operation>/<step>/undo` for its undo. Calls with the same key are one call.
package struct IdempotencyKey: Sendable, Hashable, CustomStringConvertible {
    package var text: String

    package var description: String { text }

    package var isUndo: Bool { text.hasSuffix(Self.undo) }

    /// The key of the call that this one undoes; of a forward call, itself.
    package var forward: IdempotencyKey { isUndo ? IdempotencyKey(trusted: String(text.dropLast(Self.undo.count))) : self }

    /// The key of the call that undoes this one.
    package var undoing: IdempotencyKey { isUndo ? self : IdempotencyKey(trusted: text + Self.undo) }

    private static let undo = "/undo"

    private init(trusted text: String) {
        self.text = text
    }

    package init(operation: String, step: String) {
        text = "\(operation)/\(step)"
    }

    /// Reads the header field: a quoted string (RFC 8941, 3.3.3) as the Idempotency-Key draft has it, or the bare text.
    /// Nil unless it is 1 to 400 visible ASCII characters.
    package init?(header: String) {
        var text = Substring(header)
        if text.count >= 2, text.first == "\"", text.last == "\"" {
            text = text.dropFirst().dropLast()
            var unescaped = ""
            var escaping = false
            for character in text {
                if escaping {
                    guard character == "\"" || character == "\\" else { return nil }
                    unescaped.append(character)
                    escaping = false
                } else if character == "\\" {
                    escaping = true
                } else if character == "\"" {
                    return nil
                } else {
                    unescaped.append(character)
                }
            }
            guard !escaping else { return nil }
            text = Substring(unescaped)
        }
        guard (1...400).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        self.text = String(text)
    }
}
