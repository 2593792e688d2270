/// The formats that are checked, not merely noted.
enum SchemaFormat: String, CaseIterable, Sendable {
    case dateTime = "date-time"
    case date, email, uuid, uri

    var words: String {
        switch self {
        case .dateTime: "a date and time such as 2026-01-31T12:00:00Z (RFC 3339)"
        case .date: "a date such as 2026-01-31 (RFC 3339)"
        case .email: "an e-mail address"
        case .uuid: "a UUID (RFC 9562)"
        case .uri: "a URI with a scheme (RFC 3986)"
        }
    }

    func allows(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        switch self {
        case .dateTime: return SchemaFormat.isDateTime(bytes)
        case .date: return bytes.count == 10 && SchemaFormat.isDate(bytes[...])
        case .email: return SchemaFormat.isEmail(bytes)
        case .uuid: return SchemaFormat.isUUID(bytes)
        case .uri: return SchemaFormat.isURI(bytes)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6 }

    /// Reads the two or four digits at `offset`.
    private static func number(_ bytes: ArraySlice<UInt8>, offset: Int, length: Int) -> Int? {
        let start = bytes.startIndex + offset
        guard start + length <= bytes.endIndex else { return nil }
        var value = 0
        for byte in bytes[start..<start + length] {
            guard isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= 10, bytes[bytes.startIndex + 4] == UInt8(ascii: "-"), bytes[bytes.startIndex + 7] == UInt8(ascii: "-"),
            let year = number(bytes, offset: 0, length: 4), let month = number(bytes, offset: 5, length: 2),
            let day = number(bytes, offset: 8, length: 2), (1...12).contains(month)
        else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        return (1...days).contains(day)
    }

    private static func isDateTime(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 20, isDate(bytes[..<10]), bytes[10] | 0x20 == UInt8(ascii: "t") else { return false }
        let time = bytes[11...]
        guard bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = number(time, offset: 0, length: 2), let minute = number(time, offset: 3, length: 2),
            let second = number(time, offset: 6, length: 2),
            hour < 24, minute < 60, second <= 60
        else { return false }
        var zone = bytes[19...]
        if zone.first == UInt8(ascii: ".") {
            let fraction = zone.dropFirst().prefix(while: isDigit)
            guard !fraction.isEmpty else { return false }
            zone = zone[fraction.endIndex...]
        }
        var offset = 0
        if zone.first == UInt8(ascii: "+") || zone.first == UInt8(ascii: "-") {
            guard zone.count == 6, zone[zone.startIndex + 3] == UInt8(ascii: ":"),
                let hours = number(zone, offset: 1, length: 2), let minutes = number(zone, offset: 4, length: 2), hours < 24, minutes < 60
            else { return false }
            offset = (hours * 60 + minutes) * (zone.first == UInt8(ascii: "+") ? 1 : -1)
        } else {
            guard zone.count == 1, zone.first.map({ $0 | 0x20 }) == UInt8(ascii: "z") else { return false }
        }
        // A leap second is the last second of a UTC day.
        return second < 60 || (hour * 60 + minute - offset + 2880) % 1440 == 1439
    }

    /// RFC 5321's mailbox without quoted strings and address literals, as HTML's forms have it.
    private static func isEmail(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let local = bytes[..<at]
        let allowed = { (byte: UInt8) in isLetter(byte) || isDigit(byte) || "!#$%&'*+/=?^_`{|}~-.".utf8.contains(byte) }
        guard (1...64).contains(local.count), local.allSatisfy(allowed), local.first != UInt8(ascii: "."), local.last != UInt8(ascii: "."),
            !local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).contains(where: \.isEmpty)
        else { return false }
        let labels = bytes[(at + 1)...].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isUUID(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { position, byte in
            [8, 13, 18, 23].contains(position) ? byte == UInt8(ascii: "-") : isHex(byte)
        }
    }

    private static func isURI(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, isLetter(first), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            bytes[..<colon].allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
        else { return false }
        var rest = bytes[(colon + 1)...]
        var fragments = 0
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard rest.count >= 2, rest.prefix(2).allSatisfy(isHex) else { return false }
            case UInt8(ascii: "#"):
                fragments += 1
                guard fragments == 1 else { return false }
            default:
                guard isLetter(byte) || isDigit(byte) || "-._~:/?[]@!$&'()*+,;=".utf8.contains(byte) else { return false }
            }
        }
        return true
    }
}
