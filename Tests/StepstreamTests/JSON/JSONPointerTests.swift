import Rigging
import Stepstream
@testable import StepstreamJSON
import Testing

@Suite("JSON Pointer")
struct JSONPointerTests {
    private let document =
        "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}"

    @Test(
        "leads where RFC 6901 §5 says",
        arguments: [
            ("/foo/0", "\"bar\""), ("/foo", "[\"bar\",\"baz\"]"), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4"),
            ("/i\\j", "5"),
            ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
        ]
    )
    func examples(text: String, value: String) throws {
        let pointer = try #require(JSONPointer(text))
        #expect(try JSONNode.parse(document)[pointer]?.json.text == value)
        #expect(pointer.description == text)
    }

    @Test("the empty pointer is the whole value")
    func root() throws {
        #expect(JSONPointer("") == .root)
        #expect(try JSONNode.parse(document)[.root]?.json.text == document)
    }

    @Test(
        "leads nowhere without a value there",
        arguments: ["/foo/2", "/foo/-", "/foo/00", "/foo/x", "/foo/-1", "/foo/0/x", "/bar", "/foo/+1"]
    )
    func nowhere(text: String) throws {
        let pointer = try #require(JSONPointer(text))
        #expect(try JSONNode.parse(document)[pointer]?.json == nil)
    }

    @Test("refuses what is not a pointer", arguments: ["a", "a/b", "/~", "/~2", "/a~", "#/a"])
    func malformed(text: String) {
        #expect(JSONPointer(text) == nil)
    }

    @Test("comes back from its text", arguments: UInt64(1)...20)
    func roundTrip(seed: UInt64) {
        var draw = SeededDraw(seed: seed)
        for _ in 0..<50 {
            let tokens = (0..<Int.random(in: 0...5, using: &draw)).map { _ in JSONSample.randomString(&draw) }
            let pointer = JSONPointer(tokens: tokens)
            #expect(JSONPointer(pointer.description) == pointer)
        }
    }
}
