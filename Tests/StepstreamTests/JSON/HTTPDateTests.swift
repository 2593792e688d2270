import Testing

@testable import Stepstream

@Suite("The dates of HTTP")
struct HTTPDateTests {
    @Test("They are written as IMF-fixdate")
    func written() {
        #expect(HTTPDate.text(Milliseconds(784_111_777_000)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(Milliseconds(-1)) == "Wed, 31 Dec 1969 23:59:59 GMT")
    }

    @Test(
        "Days are counted as the calendar does",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000_000),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799_000),
        ] as [(String, Int64)]
    )
    func calendar(text: String, expected: Int64) {
        #expect(HTTPDate.parse(text) == Milliseconds(expected))
        #expect(HTTPDate.text(Milliseconds(expected)) == text)
    }

    @Test(
        "All three forms are read",
        arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
    )
    func forms(text: String) {
        #expect(HTTPDate.parse(text) == Milliseconds(784_111_777_000))
    }

    @Test(
        "What is no date is refused",
        arguments: ["", "soon", "Sun, 06 Foo 1994 08:49:38 GMT", "Sun, 06 Nov 1994 25:49:38 GMT", "Fri, 30 Feb 2024 12:00:00 GMT"]
    )
    func refused(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }
}
