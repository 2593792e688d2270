/// An EVALSHA as a client sent it: digest, keys, arguments.
struct ScriptCall: Sendable {
    let digest: String
    var keys: [String]
    var arguments: [String]

    /// The call in a line of MONITOR, `1700000000.000000 [0 unix:path] "EVALSHA" "…" …`; nil if it is something else or of a script.
    init?(_ line: ArraySlice<UInt8>) {
        guard let bracket = line.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let words = Self.words(line[bracket...].dropFirst())
        guard words.count > 3, words[0] == "EVALSHA", let count = Int(words[2]), words.count >= 3 + count else { return nil }
        digest = words[1]
        keys = Array(words[3..<(3 + count)])
        arguments = Array(words[(3 + count)...])
    }

    /// The command line of redis-benchmark for it.
    var command: [String] { ["EVALSHA", digest, String(keys.count)] + keys + arguments }

    /// Lets every ID that begins with `prefix` begin with `other`, and puts redis-benchmark's placeholder in place of its last twelve digits.
    mutating func randomize(_ prefix: String, as other: String) {
        let replace = { (text: String) in
            guard let range = text.firstRange(of: prefix) else { return text }
            return text[..<range.lowerBound] + other + "__rand_int__" + text[range.upperBound...].dropFirst(12)
        }
        keys = keys.map(replace)
        arguments = arguments.map(replace)
    }

    /// How many operations' keys it names.
    func operations(_ prefix: String) -> Int { keys.count { $0.contains(prefix) } }

    /// Strings in quotes, as Redis escapes them: `\"`, `\\`, `\n`, `\r`, `\t`, `\a`, `\b`, `\xhh`.
    private static func words(_ line: ArraySlice<UInt8>) -> [String] {
        var words: [String] = []
        var word: [UInt8]?
        var bytes = line[...]
        while let byte = bytes.popFirst() {
            switch (byte, word == nil) {
            case (UInt8(ascii: "\""), true): word = []
            case (UInt8(ascii: "\""), false):
                words.append(String(decoding: word ?? [], as: UTF8.self))
                word = nil
            case (UInt8(ascii: "\\"), false): word?.append(unescape(&bytes))
            case (_, false): word?.append(byte)
            case (_, true): continue
            }
        }
        return words
    }

    private static func unescape(_ bytes: inout ArraySlice<UInt8>) -> UInt8 {
        let byte = bytes.popFirst() ?? UInt8(ascii: "\\")
        switch byte {
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "a"): return 7
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "x"):
            let digits = bytes.prefix(2)
            bytes = bytes.dropFirst(2)
            return UInt8(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
        default: return byte
        }
    }
}
