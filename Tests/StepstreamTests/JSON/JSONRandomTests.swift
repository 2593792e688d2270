import Rigging
import Stepstream
@testable import StepstreamJSON
import Testing

@Suite("JSON at random")
struct JSONRandomTests {
    /// Whether `node` holds what was written.
    private func same(_ sample: JSONSample, _ node: JSONNode) -> Bool {
        switch (sample, node.value) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): Array(left.utf8) == Array(right.utf8)
        case (.array(let left), .array(let right)): left.count == right.count && zip(left, right).allSatisfy { same($0, $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && zip(left, right).allSatisfy {
                    Array($0.0.utf8) == Array($1.key.utf8) && same($0.1, $1.value)
                        && node.member($0.0).map { $0.range } == $1.value.range
                }
        default: false
        }
    }

    @Test("what was written is read, and minified is read the same", arguments: UInt64(1)...40)
    func roundTrip(seed: UInt64) throws {
        var draw = SeededDraw(seed: seed)
        for _ in 0..<50 {
            let sample = JSONSample.random(&draw)
            let text = sample.written(&draw)
            let node = try JSONNode.parse(text)
            #expect(same(sample, node), "seed \(seed): \(text)")
            let short = try JSONNode.parse(node.minified.text)
            #expect(same(sample, short))
            #expect(short.json == node.minified)
            #expect(node.isSame(as: short))
        }
    }

    @Test("takes and refuses the same damaged texts as the grammar written down naively", arguments: UInt64(1)...40)
    func differential(seed: UInt64) {
        var draw = SeededDraw(seed: seed &* 977)
        let bits = [
            "", ",", ":", "[", "]", "{", "}", "\"", "\\", "0", "1", "-", ".", "e", "u", "d", "D8", " ", "\n", "\u{1}", "é", "true",
            "\"a\":", "null",
        ]
        var taken = 0
        var refused = 0
        for _ in 0..<150 {
            var text = Array(JSONSample.random(&draw).written(&draw).unicodeScalars)
            for _ in 0..<Int.random(in: 0...2, using: &draw) {
                let start = Int.random(in: 0...text.count, using: &draw)
                let end = min(text.count, start + Int.random(in: 0...2, using: &draw))
                text.replaceSubrange(start..<end, with: Array(draw.one(of: bits).unicodeScalars))
            }
            let string = String(String.UnicodeScalarView(text))
            let isTaken = (try? JSONNode.parse(string)) != nil
            #expect(isTaken == NaiveJSON.accepts(string), "seed \(seed): \(string)")
            if isTaken { taken += 1 } else { refused += 1 }
        }
        #expect(taken > 20 && refused > 20)
    }

    @Test("no bytes whatever stop the program", arguments: UInt64(1)...10)
    func garbage(seed: UInt64) {
        var draw = SeededDraw(seed: seed &* 31)
        let frequent = Array("[]{}\",:\\u0123-+.eEtrufalsn \n".utf8) + [0x00, 0x80, 0xC3, 0xA9, 0xE2, 0xF0, 0xFF]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...24, using: &draw)).map { _ in draw.one(of: frequent) }
            do {
                let node = try JSONNode.parse(bytes)
                #expect(NaiveJSON.accepts(node.json.text))
            } catch {
                #expect(error.offset <= bytes.count)
            }
        }
    }
}
