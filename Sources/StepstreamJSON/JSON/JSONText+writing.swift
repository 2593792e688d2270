extension JSONText {
    /// A member or element that is being written.
    public enum Fragment: Sendable {
        /// A string, escaped as needed.
        case string(String)
        /// A whole number.
        case integer(Int64)
        /// `true` or `false`.
        case bool(Bool)
        /// JSON that is already text.
        case raw(JSONText)
        /// `null`.
        case null

        package func write(to bytes: inout [UInt8]) {
            switch self {
            case .string(let string): bytes.append(jsonString: string)
            case .integer(let number): bytes.append(text: String(number))
            case .bool(let bool): bytes.append(text: bool ? "true" : "false")
            case .raw(let json): bytes.append(text: json.text)
            case .null: bytes.append(text: "null")
            }
        }
    }

    /// An object with `members` in the order given.
    public static func object(_ members: KeyValuePairs<String, Fragment>) -> JSONText {
        object(of: members.count) { bytes in
            for (key, value) in members { bytes.append(key, value: value) }
        }
    }

    /// An object with `members` in the order given.
    public static func object(_ members: [(String, Fragment)]) -> JSONText {
        object(of: members.count) { bytes in
            for (key, value) in members { bytes.append(key, value: value) }
        }
    }

    private static func object(of count: Int, members writeMembers: (inout [UInt8]) -> Void) -> JSONText {
        var bytes = [UInt8](reserving: 40 * count)
        bytes.append(UInt8(ascii: "{"))
        writeMembers(&bytes)
        bytes.append(UInt8(ascii: "}"))
        return JSONText(written: bytes)
    }

    /// An array of `elements`.
    public static func array(_ elements: [Fragment]) -> JSONText {
        var bytes = [UInt8](reserving: 40 * elements.count)
        bytes.append(UInt8(ascii: "["))
        for element in elements {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            element.write(to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        return JSONText(written: bytes)
    }

    /// `string` as JSON.
    public static func string(_ string: String) -> JSONText {
        var bytes: [UInt8] = []
        bytes.append(jsonString: string)
        return JSONText(written: bytes)
    }

    package init(written bytes: [UInt8]) {
        self.init(trusted: String(decoding: bytes, as: UTF8.self))
    }
}

// Into bytes, not a string: an answer is made of a hundred pieces, and appending them to a string took 87 thousand instructions, 42 this way
// (callgrind, Swift 6.3).
extension [UInt8] {
    init(reserving count: Int) {
        self.init()
        reserveCapacity(count)
    }

    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    /// Appends `string` in quotes, escaped as RFC 8259 §7 demands.
    mutating func append(jsonString string: String) {
        append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { bytes in
            if Self.needsNoEscape(bytes) {
                append(contentsOf: bytes)
            } else {
                for byte in bytes { append(escaped: byte) }
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// A member behind those that stand there since the brace.
    fileprivate mutating func append(_ key: String, value: JSONText.Fragment) {
        if count > 1 { append(UInt8(ascii: ",")) }
        append(jsonString: key)
        append(UInt8(ascii: ":"))
        value.write(to: &self)
    }

    static func needsNoEscape(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let raw = UnsafeRawBufferPointer(bytes)
        var end = 0
        while end + 8 <= raw.count {
            if raw.loadUnaligned(fromByteOffset: end, as: UInt64.self).hasByteToEscape { return false }
            end += 8
        }
        for byte in raw[end...] where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
        return true
    }

    private mutating func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(text: "\\\"")
        case UInt8(ascii: "\\"): append(text: "\\\\")
        case UInt8(ascii: "\n"): append(text: "\\n")
        case UInt8(ascii: "\r"): append(text: "\\r")
        case UInt8(ascii: "\t"): append(text: "\\t")
        case _ where byte < 0x20:
            append(text: "\\u00")
            append(Hexadecimal.digit(byte >> 4))
            append(Hexadecimal.digit(byte))
        default: append(byte)
        }
    }
}
