import Stepstream
@testable import StepstreamJSON
import Testing

@Suite("JSON parsing")
struct JSONParsingTests {
    @Test(
        "takes what RFC 8259 allows",
        arguments: [
            "null", "true", "false", "0", "-0", "1", "-1", "10", "1.5", "-1.50", "1e5", "1E+5", "1e-5", "0.1e1", "0e0", "\"\"", "\"a\"",
            "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u00e9\"", "\"\\uD83D\\uDE00\"", "\"\\uD83D\\uDE00\\u0041\"", "\"é世🙂\"", "\"\u{7F}\"",
            "[]", "[ ]", "[1]", "[1,2]", "[[]]",
            "[[],[[]]]", "{}", "{ }", "{\"a\":1}", "{\"a\":1,\"b\":2}", "{\"\":1}", "{\"a\":{\"a\":1}}", "[{\"a\":1},{\"a\":1}]",
            " \n\r\t1 \n", "[1 , 2]", "{ \"a\" : 1 }", "{\"é\":1,\"e\u{301}\":2}", "123456789012345678901234567890", "1e999", "\"\\u0000\"",
            "\"\u{2028}\"", "[null,true,false]", "[-0.0]",
        ]
    )
    func accepts(text: String) throws {
        let node = try JSONNode.parse(text)
        #expect(NaiveJSON.accepts(text))
        #expect(node.minified.text.isEmpty == false)
    }

    @Test(
        "refuses what RFC 8259 does not allow",
        arguments: [
            "", " ", "nul", "nulll", "True", "tru", "NaN", "Infinity", "-", "+1", "01", "-01", "00", "1.", ".5", "1.e1", "1e", "1e+", "1 2",
            "0x1",
            "1_0", "--1", "\"", "\"a", "'a'", "\"\n\"", "\"\t\"", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\a\"",
            "\"\\uD800\"", "\"\\uDC00\"",
            "\"\\uD800\\u0041\"", "\"\\uD800a\"", "\"\\uDC00\\uD800\"", "\"\\uD83D\\uD83D\"", "[", "[1", "[1,", "[1,]", "[,1]", "[,]",
            "[1,,2]", "[1 2]", "]", "[1]]", "[}", "{", "{\"a\"",
            "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{a:1}", "{1:1}", "{'a':1}", "{\"a\" 1}", "{\"a\"::1}",
            "{\"a\":1 \"b\":2}", "{\"a\":1]",
            "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"a\"}", "{null:1}", "/* c */ 1", "1 // c", "[1]\u{0}", "\u{FEFF}1",
            "\u{A0}1", "[\u{B}1]", "\"\u{1}\"",
            "tru\u{0}", "\"\\u-123\"", "\"\\u+123\"",
        ]
    )
    func refuses(text: String) {
        #expect(throws: JSONFault.self) { try JSONNode.parse(text) }
        #expect(!NaiveJSON.accepts(text))
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xE2, 0x28, 0xA1],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE],
        ] as [[UInt8]]
    )
    func refusesInvalidUTF8(sequence: [UInt8]) throws {
        let fault = try #require(throws: JSONFault.self) { try JSONNode.parse([0x5B, 0x22] + sequence + [0x22, 0x5D]) }
        #expect(fault.words == "this is not UTF-8")
        #expect(fault.offset == 2)
        #expect(throws: JSONFault.self) { try JSONNode.parse([0x22] + sequence) }
        #expect(throws: JSONFault.self) { try JSONNode.parse(sequence) }
    }

    @Test("every scalar that UTF-8 can say comes back out")
    func allScalars() throws {
        for plane in stride(from: UInt32(0x20), to: 0x11_0000, by: 0x800) {
            var string = ""
            for value in plane..<min(plane + 0x800, 0x11_0000) {
                if let scalar = Unicode.Scalar(value) { string.unicodeScalars.append(scalar) }
            }
            let text = JSONText.string(string)
            #expect(try JSONNode.parse(text.text).string.map { Array($0.utf8) } == Array(string.utf8))
        }
    }

    @Test("counts arrays and objects inside each other, and refuses one too many")
    func depth() throws {
        let nested = { (count: Int) in String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        #expect(try JSONNode.parse(nested(32)).kind == .array)
        let fault = try #require(throws: JSONFault.self) { try JSONNode.parse(nested(33)) }
        #expect(fault.offset == 32)
        #expect(throws: JSONFault.self) { try JSONNode.parse("[{\"a\":[]}]", maximumDepth: 2) }
        #expect(try JSONNode.parse("[{\"a\":1},[]]", maximumDepth: 2).count == 2)
        #expect(try JSONNode.parse("1", maximumDepth: 0).int64 == 1)
        #expect(throws: JSONFault.self) { try JSONNode.parse("[]", maximumDepth: 0) }
        #expect(try JSONNode.parse(nested(100_000), maximumDepth: 100_000).count == 1)
        #expect(throws: JSONFault.self) { try JSONNode.parse(String(repeating: "[{\"a\":", count: 500_000)) }
    }

    @Test("refuses numbers of more than 64 characters")
    func longNumbers() throws {
        #expect(try JSONNode.parse(String(repeating: "1", count: 64)).kind == .number)
        let fault = try #require(throws: JSONFault.self) { try JSONNode.parse("[\(String(repeating: "1", count: 65))]") }
        #expect(fault.words == "a number of more than 64 characters")
        #expect(fault.pointer.description == "/0")
    }

    @Test(
        "says where it stopped",
        arguments: [
            ("{\n  \"a\": tru\n}", 9, 2, 8, "/a"), ("[1,\n 2,\n é]", 9, 3, 2, "/2"), ("[\"é\" x]", 6, 1, 6, ""),
            ("{\"a\":[{\"b/c\":[1,-]}]}", 17, 1, 18, "/a/0/b~1c/1"),
            ("{\"a\":1,\n\"b\":{\"x\":0},\"a\":2}", 20, 2, 13, "/a"), ("{\"a\":{\"b\":1,}}", 12, 1, 13, "/a"),
            ("[[1],[2,]]", 8, 1, 9, "/1"), ("1 1", 2, 1, 3, ""),
            ("{\"a\":[1", 7, 1, 8, "/a"), ("[1,2,{\"a\":0,\"b\":\"\\q\"}]", 17, 1, 18, "/2/b"),
        ]
    )
    func places(text: String, offset: Int, line: Int, column: Int, pointer: String) throws {
        let fault = try #require(throws: JSONFault.self) { try JSONNode.parse(text) }
        #expect(fault.offset == offset)
        #expect(fault.line == line)
        #expect(fault.column == column)
        #expect(fault.pointer.description == pointer)
        #expect(fault.description.hasPrefix("line \(line), column \(column): \(fault.words)"))
    }

    @Test("finds the repeated name among few and many members", arguments: [2, 3, 8, 9, 40, 1000])
    func duplicates(count: Int) throws {
        for repeated in [0, (count - 1) / 2, count - 2] {
            var names = (0..<count - 1).map { "\"name\($0)\"" }
            names.append("\"n\\u0061me\(repeated)\"")
            let text = "{" + names.map { $0 + ":[{}]" }.joined(separator: ",") + "}"
            let fault = try #require(throws: JSONFault.self) { try JSONNode.parse(text) }
            #expect(fault.words == "the member name occurs twice in one object")
            #expect(fault.pointer.description == "/name\(repeated)")
            #expect(fault.column == text.count - "\"n\\u0061me\(repeated)\":[{}]}".count + 1)
        }
    }

    @Test("hands every part on as it was written")
    func slices() throws {
        let text = "{ \"a\" : [1.50, {\"b\" :  \"\\u0041\"} ], \"c\":-0 }"
        let node = try JSONNode.parse(text)
        #expect(node.json.text == text)
        #expect(node.member("a")?.json.text == "[1.50, {\"b\" :  \"\\u0041\"} ]")
        #expect(node.member("a")?.elements[1].json.text == "{\"b\" :  \"\\u0041\"}")
        #expect(node.member("a")?.elements[1].member("b")?.string == "A")
        #expect(node.member("a")?.range == 8..<34)
        #expect(node.minified.text == "{\"a\":[1.50,{\"b\":\"A\"}],\"c\":-0}")
    }

    @Test("answers only as what it is")
    func accessors() throws {
        let node = try JSONNode.parse("[null,true,1,\"s\",[],{\"k\":false}]")
        let elements = node.elements
        #expect(elements.map(\.kind) == [.null, .bool, .number, .string, .array, .object])
        #expect(elements.map(\.isNull) == [true, false, false, false, false, false])
        #expect(elements.map(\.bool) == [nil, true, nil, nil, nil, nil])
        #expect(elements.map(\.int64) == [nil, nil, 1, nil, nil, nil])
        #expect(elements.map(\.double) == [nil, nil, 1, nil, nil, nil])
        #expect(elements.map(\.string) == [nil, nil, nil, "s", nil, nil])
        #expect(elements.map(\.members.count) == [0, 0, 0, 0, 0, 1])
        #expect(elements[5].member("k")?.bool == false)
        #expect(elements[5].member("x") == nil)
        #expect(node.member("k") == nil)
        #expect(node.members.isEmpty)
    }

    @Test(
        "reads whole numbers without rounding",
        arguments: [
            ("0", 0), ("-0", 0), ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil), ("1.0", 1),
            ("1e3", 1000),
            ("12.50e1", 125), ("1.5", nil), ("1e-1", nil), ("10e-1", 1), ("1e19", nil), ("1e999", nil), ("-9.223372036854775808e18", .min),
            ("0e999", 0),
        ] as [(String, Int64?)]
    )
    func integers(text: String, value: Int64?) throws {
        #expect(try JSONNode.parse(text).int64 == value)
    }

    @Test("keeps composed and decomposed names apart")
    func names() throws {
        let node = try JSONNode.parse("{\"é\":1,\"e\u{301}\":2,\"\\u00e9x\":3}")
        #expect(node.member("\u{e9}")?.int64 == 1)
        #expect(node.member("e\u{301}")?.int64 == 2)
        #expect(node.member("éx")?.int64 == 3)
    }

    @Test("a number beyond a double is not infinity")
    func doubles() throws {
        #expect(try JSONNode.parse("1e999").double == nil)
        #expect(try JSONNode.parse("-0.1").double == -0.1)
        #expect(try JSONNode.parse("1e-999").double == 0)
    }
}
