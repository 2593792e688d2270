/// A value of a JSON text that has been parsed (RFC 8259), and where it stands in that text.
///
/// Nodes are views: they share the text, make strings and numbers when asked, and hand any part of the text on unchanged.
public struct JSONNode: Sendable {
    let document: JSONDocument
    package let index: Int

    /// What a value can be.
    public enum Kind: UInt8, Sendable, Hashable {
        case null, bool, number, string, array, object
    }

    /// A value with its contents.
    public enum Value: Sendable {
        case null
        case bool(Bool)
        /// A number as it was written.
        case number(String)
        case string(String)
        case array([JSONNode])
        /// The members in the order of the text.
        case object([Member])
    }

    /// A member of an object.
    public struct Member: Sendable {
        /// Its name, unescaped.
        public var key: String
        /// Its value.
        public var value: JSONNode
    }

    /// The nesting that is taken unless said otherwise.
    public static let defaultMaximumDepth = 32

    /// Checks and indexes `bytes`.
    ///
    /// Beyond the grammar it refuses what readers disagree about (RFC 7493): duplicate keys, invalid UTF-8, lone surrogates; also numbers
    /// of more than 64 bytes, more than `maximumDepth` arrays and objects inside each other, and texts of 2 GiB.
    public static func parse(
        _ bytes: some Collection<UInt8>,
        maximumDepth: Int = defaultMaximumDepth
    ) throws(JSONFault) -> JSONNode {
        try parse(Array(bytes), maximumDepth: maximumDepth)
    }

    /// Checks and indexes `bytes`, which are not copied.
    public static func parse(_ bytes: [UInt8], maximumDepth: Int = defaultMaximumDepth) throws(JSONFault) -> JSONNode {
        var parser = JSONParser(bytes, maximumDepth: maximumDepth)
        return JSONNode(document: try parser.document(), index: 0)
    }

    /// Checks and indexes `text`.
    public static func parse(_ text: String, maximumDepth: Int = defaultMaximumDepth) throws(JSONFault) -> JSONNode {
        try parse(text.utf8, maximumDepth: maximumDepth)
    }

    private var entry: JSONEntry { document.entries[index] }

    /// What this value is.
    public var kind: Kind { entry.kind }
    /// Where it stands, in bytes of the text.
    public var range: Range<Int> { Int(entry.start)..<Int(entry.end) }
    /// The value exactly as it was written.
    public var json: JSONText { JSONText(trusted: String(decoding: document.bytes[range], as: UTF8.self)) }
    /// The number of members or elements; 0 for everything else.
    public var count: Int { Int(entry.count) }
    /// Whether this is `null`.
    public var isNull: Bool { kind == .null }

    /// The value with its contents.
    public var value: Value {
        switch kind {
        case .null: .null
        case .bool: .bool(bool == true)
        case .number: .number(json.text)
        case .string: .string(string ?? "")
        case .array: .array(elements)
        case .object: .object(members)
        }
    }

    /// The truth value, if it is one.
    public var bool: Bool? {
        kind == .bool ? document.bytes[Int(entry.start)] == UInt8(ascii: "t") : nil
    }

    /// The string, if it is one.
    public var string: String? {
        kind == .string ? JSONParser.string(of: entry, in: document.bytes) : nil
    }

    /// The number, if it is one, has no fraction (`1.0` and `1e3` have none) and fits.
    public var int64: Int64? {
        guard kind == .number else { return nil }
        let text = json.text
        return Int64(text) ?? JSONNumber(text).int64
    }

    /// The number, if it is one and does not exceed what a `Double` can hold; rounded as IEEE 754 says.
    public var double: Double? {
        guard kind == .number, let double = Double(json.text), double.isFinite else { return nil }
        return double
    }

    /// The elements, if it is an array; else none.
    public var elements: [JSONNode] {
        guard kind == .array else { return [] }
        var elements: [JSONNode] = []
        elements.reserveCapacity(count)
        var next = index + 1
        for _ in 0..<count {
            elements.append(JSONNode(document: document, index: next))
            next = Int(document.entries[next].next)
        }
        return elements
    }

    /// The members in the order of the text, if it is an object; else none.
    public var members: [Member] {
        guard kind == .object else { return [] }
        var members: [Member] = []
        members.reserveCapacity(count)
        var next = index + 1
        for _ in 0..<count {
            let key = JSONParser.string(of: document.entries[next], in: document.bytes)
            members.append(Member(key: key, value: JSONNode(document: document, index: next + 1)))
            next = Int(document.entries[next + 1].next)
        }
        return members
    }

    /// The value of the member `name`, if this is an object that has it. Names are compared byte by byte.
    public func member(_ name: String) -> JSONNode? {
        guard kind == .object else { return nil }
        var next = index + 1
        for _ in 0..<count {
            if JSONParser.key(document.entries[next], in: document.bytes, is: name) {
                return JSONNode(document: document, index: next + 1)
            }
            next = Int(document.entries[next + 1].next)
        }
        return nil
    }
}
