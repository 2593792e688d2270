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

        func write(to text: inout String) {
            switch self {
            case .string(let string): text.appendJSONString(string)
            case .integer(let number): text += String(number)
            case .bool(let bool): text += bool ? "true" : "false"
            case .raw(let json): text += json.text
            case .null: text += "null"
            }
        }
    }

    /// An object with `members` in the order given.
    public static func object(_ members: KeyValuePairs<String, Fragment>) -> JSONText {
        object(members.map { ($0.key, $0.value) })
    }

    /// An object with `members` in the order given.
    public static func object(_ members: [(String, Fragment)]) -> JSONText {
        var text = "{"
        text.reserveCapacity(32 * members.count)
        for (key, value) in members {
            if text.utf8.count > 1 { text += "," }
            text.appendJSONString(key)
            text += ":"
            value.write(to: &text)
        }
        text += "}"
        return JSONText(trusted: text)
    }

    /// An array of `elements`.
    public static func array(_ elements: [Fragment]) -> JSONText {
        var text = "["
        for element in elements {
            if text.utf8.count > 1 { text += "," }
            element.write(to: &text)
        }
        text += "]"
        return JSONText(trusted: text)
    }

    /// `string` as JSON.
    public static func string(_ string: String) -> JSONText {
        var text = ""
        text.appendJSONString(string)
        return JSONText(trusted: text)
    }
}

extension String {
    /// Appends `string` in quotes, escaped as RFC 8259 §7 demands.
    mutating func appendJSONString(_ string: String) {
        append("\"")
        var string = string
        if string.withUTF8(Self.needsNoEscape) {
            append(string)
        } else {
            for scalar in string.unicodeScalars { appendEscaped(scalar) }
        }
        append("\"")
    }

    private static func needsNoEscape(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in bytes where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
        return true
    }

    private mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\r": append("\\r")
        case "\t": append("\\t")
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: unicodeScalars.append(scalar)
        }
    }
}
