/// A parsed text: its bytes, and one entry for each value and each key, in the order of the text.
///
/// An object is followed by its keys and values in turn, an array by its elements; `next` jumps over what is inside.
/// So one pass writes two flat arrays, and strings are made only when somebody asks for them.
final class JSONDocument: Sendable {
    let bytes: [UInt8]
    let entries: [JSONEntry]

    init(bytes: [UInt8], entries: [JSONEntry]) {
        self.bytes = bytes
        self.entries = entries
    }
}

/// One value or key of a parsed text.
struct JSONEntry {
    var kind: JSONNode.Kind
    /// A string with escapes, which must be decoded before it is compared or shown.
    var isEscaped = false
    /// The first byte.
    var start: Int32
    /// The byte after the last one.
    var end: Int32 = 0
    /// The entry after this value and all that is inside it.
    var next: Int32 = 0
    /// Members or elements.
    var count: Int32 = 0
}
