import Testing

@testable import Stepstream

@Suite("traceparent, as W3C Trace Context has it")
struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test("It is read and written", arguments: [("00", false), ("01", true), ("02", false), ("ff", true)])
    func bothWays(flags: String, isSampled: Bool) throws {
        let text = "00-\(Self.trace)-\(Self.span)-\(flags)"
        let parent = try #require(TraceParent(text))
        #expect(parent.trace == Self.trace && parent.span == Self.span && parent.isSampled == isSampled)
        #expect(parent.text == text)
    }

    @Test("Of a later version what this one knows is read, and handed on as this one")
    func later() {
        #expect(TraceParent("cc-\(Self.trace)-\(Self.span)-01-more")?.text == "00-\(Self.trace)-\(Self.span)-01")
    }

    @Test("What is none is refused")
    func refused() {
        let (trace, span) = (Self.trace, Self.span)
        for bad in [
            "", "00-\(trace)-\(span)", "ff-\(trace)-\(span)-01", "00-\(trace.uppercased())-\(span)-01",
            "00-\(String(repeating: "0", count: 32))-\(span)-01", "00-\(trace)-0000000000000000-01", "00-\(trace)-\(span)-01-x",
            "00-\(trace)-\(span)-0\n",
        ] {
            #expect(TraceParent(bad) == nil, "\(bad)")
        }
    }
}
