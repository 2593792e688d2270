extension JSONParser {
    /// Reads a string, the position being at its opening quote.
    mutating func string() throws(JSONFault) {
        var end = position + 1
        var isEscaped = false
        scan: while true {
            end = afterPlain(from: end)
            guard end < bytes.count else { throw fault("the text ends inside a string", at: position) }
            switch bytes[end] {
            case UInt8(ascii: "\""): break scan
            case UInt8(ascii: "\\"):
                isEscaped = true
                end = try afterEscape(at: end)
            case 0x80...: end = try afterSequence(at: end)
            default: throw fault("a control character inside a string must be escaped", at: end)
            }
        }
        append(.string, end: end + 1, isEscaped: isEscaped)
    }

    /// Reads a number, the position being at its first character.
    mutating func number() throws(JSONFault) {
        var end = position
        if bytes[end] == UInt8(ascii: "-") { end += 1 }
        if end < bytes.count, bytes[end] == UInt8(ascii: "0") {
            end += 1
            if isDigit(at: end) { throw fault("a number does not begin with 0 unless that is all before the point", at: position) }
        } else {
            end = try afterDigits(at: end)
        }
        if end < bytes.count, bytes[end] == UInt8(ascii: ".") { end = try afterDigits(at: end + 1) }
        if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
            end += 1
            if end < bytes.count, bytes[end] == UInt8(ascii: "+") || bytes[end] == UInt8(ascii: "-") { end += 1 }
            end = try afterDigits(at: end)
        }
        guard end - position <= JSONParser.maximumNumberLength else {
            throw fault("a number of more than \(JSONParser.maximumNumberLength) characters", at: position)
        }
        append(.number, end: end)
    }

    /// Reads `true`, `false` or `null`.
    mutating func word(_ word: StaticString, as kind: JSONNode.Kind) throws(JSONFault) {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual(word.description.utf8) else {
            throw fault("this does not begin a value", at: position)
        }
        append(kind, end: end)
    }

    private mutating func append(_ kind: JSONNode.Kind, end: Int, isEscaped: Bool = false) {
        entries.append(
            JSONEntry(kind: kind, isEscaped: isEscaped, start: Int32(position), end: Int32(end), next: Int32(entries.count + 1))
        )
        position = end
    }

    private func isDigit(at offset: Int) -> Bool {
        offset < bytes.count && bytes[offset] &- UInt8(ascii: "0") < 10
    }

    private func afterDigits(at offset: Int) throws(JSONFault) -> Int {
        var end = offset
        while isDigit(at: end) { end += 1 }
        guard end > offset else { throw fault("a number needs a digit here", at: end) }
        return end
    }

    /// Where the characters end that stand for themselves and are ASCII: most of most strings.
    private func afterPlain(from offset: Int) -> Int {
        bytes.withUnsafeBytes { bytes in
            var end = offset
            while end + 8 <= bytes.count {
                let eight = bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self)
                if eight.hasByteToEscape || eight.hasByteBeyondASCII { break }
                end += 8
            }
            while end < bytes.count, JSONParser.isPlain(bytes[end]) { end += 1 }
            return end
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private func afterEscape(at offset: Int) throws(JSONFault) -> Int {
        guard offset + 1 < bytes.count else { throw fault("the text ends inside a string", at: position) }
        switch bytes[offset + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return offset + 2
        case UInt8(ascii: "u"): break
        default: throw fault("there is no such escape", at: offset)
        }
        guard let unit = JSONParser.hexadecimal(bytes, at: offset + 2) else { throw fault("\\u needs four hexadecimal digits", at: offset) }
        switch unit {
        case 0xD800...0xDBFF:
            let low = offset + 6
            guard low + 1 < bytes.count, bytes[low] == UInt8(ascii: "\\"), bytes[low + 1] == UInt8(ascii: "u"),
                let second = JSONParser.hexadecimal(bytes, at: low + 2), (0xDC00...0xDFFF).contains(second)
            else { throw fault("half of a surrogate pair", at: offset) }
            return offset + 12
        case 0xDC00...0xDFFF: throw fault("half of a surrogate pair", at: offset)
        default: return offset + 6
        }
    }

    /// Checks a UTF-8 sequence of more than one byte (Unicode 16, table 3-7).
    private func afterSequence(at offset: Int) throws(JSONFault) -> Int {
        let second: ClosedRange<UInt8>
        let length: Int
        switch bytes[offset] {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xE1...0xEC, 0xEE...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: throw fault("this is not UTF-8", at: offset)
        }
        guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { throw fault("this is not UTF-8", at: offset) }
        for further in (offset + 2)..<(offset + max(length, 2)) where bytes[further] & 0xC0 != 0x80 {
            throw fault("this is not UTF-8", at: offset)
        }
        return offset + length
    }

    static func hexadecimal(_ bytes: [UInt8], at offset: Int) -> UInt32? {
        guard offset + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[offset..<offset + 4] {
            guard let digit = Hexadecimal.value(byte) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}

/// Eight bytes of text at once.
extension UInt64 {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    var hasByteBeyondASCII: Bool { self & Self.highBits != 0 }

    /// Whether one of them is a control character, a quote or a backslash. Subtracting borrows into the high bit of a byte that is too
    /// small; one that had it before is no such byte, and only a byte that is one borrows from the next.
    var hasByteToEscape: Bool {
        let quote = self ^ Self.ones &* UInt64(UInt8(ascii: "\""))
        let backslash = self ^ Self.ones &* UInt64(UInt8(ascii: "\\"))
        let control = (self &- Self.ones &* 0x20) & ~self
        return (control | (quote &- Self.ones) & ~quote | (backslash &- Self.ones) & ~backslash) & Self.highBits != 0
    }
}
