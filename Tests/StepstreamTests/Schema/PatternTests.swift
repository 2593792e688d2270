@testable import Stepstream
@testable import StepstreamJSON
import Rigging
import Testing

@Suite("Patterns")
struct PatternTests {
    @Test(
        "match what ECMA-262 says",
        arguments: [
            ("", "", true), ("a", "cat", true), ("^a", "cat", false), ("t$", "cat", true), ("^cat$", "cat", true), ("^cat$", "cats", false),
            ("a|b", "b", true), ("^(a|b)$", "ab", false),
            ("^a*$", "", true), ("^a+$", "", false), ("^a?$", "aa", false), ("^a{2}$", "aa", true), ("^a{2}$", "aaa", false),
            ("^a{2,}$", "aaaa", true), ("^a{1,2}$", "aaa", false), ("^a{0}$", "", true),
            ("^(?:ab)+$", "ababab", true), ("^(?<x>ab)+$", "aba", false), ("^.$", "\n", false), ("^.$", "🙂", true), ("^[a-c]$", "b", true),
            ("^[^a-c]$", "b", false), ("^[^a-c]$", "世", true),
            ("^[\\d_-]+$", "1_-2", true), ("^[\\D]$", "1", false), ("^[\\D]$", "é", true), ("^\\w+$", "aZ_9", true), ("^\\w$", "é", false),
            ("^\\s$", "\u{A0}", true), ("^\\S$", "\u{2003}", false),
            ("\\bcat\\b", "a cat sat", true), ("\\bcat\\b", "concat", false), ("\\Bcat", "concat", true), ("^\\u00e9$", "é", true),
            ("^\\u{1F642}$", "🙂", true), ("^\\x41$", "A", true),
            ("^\\.\\*\\/\\-$", ".*/-", true), ("^[\\]\\\\^-]+$", "]\\^-", true), ("^[]$", "a", false), ("^[^]$", "\n", true),
            ("^a+?b$", "aab", true), ("(^a|b$)", "xb", true), ("^$", "\n", false),
            ("^(a*)*$", "aaab", false), ("^(a|b|)+c$", "abac", true), ("^\\t\\n\\r\\f\\v\\0$", "\t\n\r\u{0C}\u{0B}\0", true),
            ("^[\\b]$", "\u{8}", true), ("a$|^b", "b", true), ("^[a-]+$", "a-", true),
            ("^[A-Z]{2}\\d{2}[A-Z0-9]{1,30}$", "DE89370400440532013000", true), ("^#[0-9a-fA-F]{6}$", "#12abEF", true), ("x*", "", true),
            ("^(ab|a)(c|bcd)$", "abcd", true),
        ]
    )
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == expected)
    }

    @Test(
        "faults say where",
        arguments: [
            ("(", 0), ("a)", 1), ("[a", 0), ("*a", 0), ("a**", 2), ("a{", 1), ("a{2,1}", 1), ("a{1001}", 1), ("a{,2}", 1), ("\\", 1),
            ("\\q", 0), ("\\1", 0), ("(?=a)", 0), ("(?!a)", 0), ("(?<=a)b", 0),
            ("[b-a]", 4), ("[\\d-z]", 5), ("\\p{L}", 0), ("^*", 2), ("a}", 1), ("a]", 1), ("\\u{110000}", 0), ("\\x4", 0), ("(?i:a)", 0),
        ]
    )
    func faults(pattern: String, offset: Int) throws {
        let fault = try #require(throws: Pattern.Fault.self) { try Pattern(pattern) }
        #expect(fault.offset == offset)
        #expect(!fault.words.isEmpty && !fault.allowed.isEmpty)
    }

    @Test(
        "refuses patterns that would grow without measure",
        arguments: [
            "(a{1000}){1000}", "((((a{100}){100}){100}){100}){100}", String(repeating: "(", count: 60) + String(repeating: ")", count: 60),
        ]
    )
    func tooLarge(pattern: String) {
        #expect(throws: Pattern.Fault.self) { try Pattern(pattern) }
    }

    @Test("do not backtrack: what takes others exponential time ends")
    func linear() throws {
        let text = String(repeating: "a", count: 5000) + "!"
        #expect(try !Pattern("^(a+)+$").matches(text))
        #expect(try !Pattern("^(a|aa)+$").matches(text))
        #expect(try !Pattern("^([a-zA-Z]+)*$").matches(text))
    }

    @Test("agree with the standard library on random patterns", arguments: UInt64(1)...20)
    func differential(seed: UInt64) throws {
        var draw = SeededDraw(seed: seed)
        for _ in 0..<20 {
            let pattern = randomPattern(&draw, depth: 0)
            let regex = try Regex(pattern).matchingSemantics(.unicodeScalar)
            let ours = try Pattern(pattern)
            for _ in 0..<10 {
                let text = (0..<Int.random(in: 0...6, using: &draw)).map { _ in draw.one(of: ["a", "b", "c", "1", " "]) }.joined()
                #expect(ours.matches(text) == (text.firstMatch(of: regex) != nil), "seed \(seed): \(pattern) on \"\(text)\"")
            }
        }
    }

    private func randomPattern(_ draw: inout SeededDraw, depth: Int) -> String {
        var text = depth == 0 && draw.chance(40) ? "^" : ""
        for _ in 0..<Int.random(in: 1...3, using: &draw) {
            if depth < 2, draw.chance(30) {
                text += "(?:" + randomPattern(&draw, depth: depth + 1) + ")"
            } else {
                text += draw.one(of: ["a", "b", "c", ".", "[ab]", "[^a]", "\\d", "\\w", "\\s", "\\S", "[a-c1]"])
            }
            text += draw.one(of: ["", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}", "*?"])
        }
        if draw.chance(25) { text += "|" + draw.one(of: ["a", "bb", "c1", ""]) }
        return text + (depth == 0 && draw.chance(40) ? "$" : "")
    }
}
