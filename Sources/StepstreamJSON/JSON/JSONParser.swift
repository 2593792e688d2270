/// One pass over a text: checks it and writes its entries.
///
/// It keeps its own stack, so that the depth it is allowed, not the thread's stack, is the limit.
struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    var position = 0
    var entries: [JSONEntry] = []
    /// The arrays and objects that have not ended, outermost first, as indices of `entries`.
    var open: [Int] = []
    /// Whether the innermost open array or object is in the middle of a value, rather than at a key or a comma.
    var isInValue = false

    static let maximumNumberLength = 64

    init(_ bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        entries.reserveCapacity(bytes.count / 12 + 1)
    }

    mutating func document() throws(JSONFault) -> JSONDocument {
        guard bytes.count < Int(Int32.max) else { throw fault("is longer than 2 GiB", at: 0) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw fault("begins with a byte order mark, which JSON does not have", at: 0) }
        skipSpace()
        try value()
        while let container = open.last {
            if entries[container].kind == .object {
                try continueObject(container)
            } else {
                try continueArray(container)
            }
        }
        skipSpace()
        guard position == bytes.count else { throw fault("something follows the end of the value", at: position) }
        return JSONDocument(bytes: bytes, entries: entries)
    }

    /// Reads a scalar whole, or opens an array or object.
    private mutating func value() throws(JSONFault) {
        isInValue = true
        guard position < bytes.count else { throw fault("the text ends where a value should be", at: position) }
        switch bytes[position] {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): try openContainer(.object)
        case UInt8(ascii: "["): try openContainer(.array)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try word("true", as: .bool)
        case UInt8(ascii: "f"): try word("false", as: .bool)
        case UInt8(ascii: "n"): try word("null", as: .null)
        default: throw fault("this does not begin a value", at: position)
        }
    }

    private mutating func openContainer(_ kind: JSONNode.Kind) throws(JSONFault) {
        guard open.count < maximumDepth else {
            throw fault("more than \(maximumDepth) arrays and objects inside each other", at: position)
        }
        open.append(entries.count)
        entries.append(JSONEntry(kind: kind, start: Int32(position)))
        position += 1
        isInValue = false
    }

    private mutating func close(_ container: Int) {
        position += 1
        entries[container].end = Int32(position)
        entries[container].next = Int32(entries.count)
        open.removeLast()
        isInValue = false
    }

    private mutating func continueArray(_ array: Int) throws(JSONFault) {
        isInValue = false
        skipSpace()
        let byte = position < bytes.count ? bytes[position] : 0
        if byte == UInt8(ascii: "]") { return close(array) }
        if entries[array].count > 0 {
            guard byte == UInt8(ascii: ",") else { throw fault("an array goes on with a comma or ends with ]", at: position) }
            position += 1
            skipSpace()
            if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
                throw fault("a comma stands before the end of the array", at: position)
            }
        }
        entries[array].count += 1
        try value()
    }

    private mutating func continueObject(_ object: Int) throws(JSONFault) {
        isInValue = false
        skipSpace()
        var byte = position < bytes.count ? bytes[position] : 0
        if byte == UInt8(ascii: "}") {
            try checkKeys(of: object)
            return close(object)
        }
        if entries[object].count > 0 {
            guard byte == UInt8(ascii: ",") else { throw fault("an object goes on with a comma or ends with }", at: position) }
            position += 1
            skipSpace()
            byte = position < bytes.count ? bytes[position] : 0
            if byte == UInt8(ascii: "}") { throw fault("a comma stands before the end of the object", at: position) }
        }
        guard byte == UInt8(ascii: "\"") else { throw fault("a member begins with its name in double quotes", at: position) }
        try string()
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
            throw fault("a member's name is followed by a colon", at: position)
        }
        position += 1
        skipSpace()
        entries[object].count += 1
        try value()
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    func fault(_ words: String, at offset: Int, key: String? = nil) -> JSONFault {
        var pointer = self.pointer
        if let key { pointer = pointer.appending(key) }
        return JSONFault(offset: offset, in: bytes, pointer: pointer, words: words)
    }

    /// The value that is being read, found by walking the entries: it is wanted only when something is wrong.
    private var pointer: JSONPointer {
        var pointer = JSONPointer.root
        for (level, container) in open.enumerated() where level < open.count - 1 || isInValue {
            let count = Int(entries[container].count)
            guard count > 0 else { break }
            guard entries[container].kind == .object else {
                pointer = pointer.appending(count - 1)
                continue
            }
            var key = container + 1
            for _ in 1..<count { key = Int(entries[key + 1].next) }
            pointer = pointer.appending(JSONParser.string(of: entries[key], in: bytes))
        }
        return pointer
    }
}
