import Rigging

/// A JSON value made up by chance, the text it was written as, and the shortest text of it.
indirect enum JSONSample {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONSample])
    case object([(String, JSONSample)])

    static func random(_ draw: inout SeededDraw, depth: Int = 0) -> JSONSample {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 8), using: &draw) {
        case 0: return .null
        case 1: return .bool(draw.chance(50))
        case 2, 3: return .number(randomNumber(&draw))
        case 4: return .string(randomString(&draw))
        case 5, 6:
            return .array((0..<Int.random(in: 0...4, using: &draw)).map { _ in random(&draw, depth: depth + 1) })
        default:
            var names = Set<[Unicode.Scalar]>()
            var members: [(String, JSONSample)] = []
            for _ in 0..<Int.random(in: 0...12, using: &draw) {
                let name = randomString(&draw)
                if names.insert(Array(name.unicodeScalars)).inserted { members.append((name, random(&draw, depth: depth + 1))) }
            }
            return .object(members)
        }
    }

    static func randomString(_ draw: inout SeededDraw) -> String {
        let pieces = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\u{1}", "é", "e\u{301}", "世", "🙂", "\u{7F}", "\u{FFFF}", "\u{10FFFF}", "~",
        ]
        return (0..<Int.random(in: 0...6, using: &draw)).map { _ in draw.one(of: pieces) }.joined()
    }

    private static func randomNumber(_ draw: inout SeededDraw) -> String {
        var text = draw.chance(30) ? "-" : ""
        text += String(UInt64.random(in: 0...draw.one(of: [9, 1_000_000, .max]), using: &draw))
        if draw.chance(30) { text += ".\(draw.one(of: ["0", "5", "25", "000", "010"]))" }
        if draw.chance(20) { text += draw.one(of: ["e3", "E-2", "e+07", "e0"]) }
        return text
    }

    /// A text of the value with white space and escapes as chance will have it.
    func written(_ draw: inout SeededDraw) -> String {
        let space = { (draw: inout SeededDraw) in draw.one(of: ["", "", "", " ", "\n", "\t\r\n "]) }
        switch self {
        case .null: return "null"
        case .bool(let bool): return bool ? "true" : "false"
        case .number(let text): return text
        case .string(let string): return JSONSample.written(string, &draw)
        case .array(let elements):
            var parts: [String] = []
            for element in elements { parts.append(space(&draw) + element.written(&draw) + space(&draw)) }
            return "[" + (parts.isEmpty ? space(&draw) : parts.joined(separator: ",")) + "]"
        case .object(let members):
            var parts: [String] = []
            for (name, value) in members {
                let key = space(&draw) + JSONSample.written(name, &draw) + space(&draw)
                parts.append(key + ":" + space(&draw) + value.written(&draw) + space(&draw))
            }
            return "{" + (parts.isEmpty ? space(&draw) : parts.joined(separator: ",")) + "}"
        }
    }

    private static func written(_ string: String, _ draw: inout SeededDraw) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            if scalar == "\"" || scalar == "\\" {
                text += "\\"
                text.unicodeScalars.append(scalar)
            } else if scalar.value < 0x20 || draw.chance(20) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: draw.chance(50))
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else if scalar == "/", draw.chance(50) {
                text += "\\/"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
