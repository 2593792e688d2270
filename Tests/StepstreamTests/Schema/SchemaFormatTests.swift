import Stepstream
@testable import StepstreamJSON
import Testing

@Suite("Formats")
struct SchemaFormatTests {
    private func allows(_ format: String, _ text: String) throws -> Bool {
        let schema = try JSONSchema(JSONText(trusted: "{\"format\":\"\(format)\"}"))
        return schema.validate(try JSONNode.parse(JSONText.string(text).text)).isEmpty
    }

    @Test(
        "take what their standards allow",
        arguments: [
            ("date-time", "2026-01-31T12:00:00Z"), ("date-time", "2026-01-31t12:00:00.123456z"), ("date-time", "2024-02-29T23:59:59+14:00"),
            ("date-time", "1990-12-31T23:59:60Z"),
            ("date-time", "1990-12-31T15:59:60-08:00"), ("date", "2000-02-29"), ("date", "1999-12-31"), ("email", "a@b.example"),
            ("email", "first.last+tag@sub.example.org"),
            ("email", "a@localhost"), ("uuid", "01234567-89ab-cdef-0123-456789ABCDEF"), ("uri", "https://example.org/a?b=c#d"),
            ("uri", "urn:isbn:0451450523"), ("uri", "mailto:a@b.c"),
            ("uri", "http://[::1]:80/%20"), ("uri", "a:"),
        ]
    )
    func accepts(format: String, text: String) throws {
        #expect(try allows(format, text))
    }

    @Test(
        "refuse what they do not",
        arguments: [
            ("date-time", "2026-01-31"), ("date-time", "2026-01-31T12:00:00"), ("date-time", "2026-01-31 12:00:00Z"),
            ("date-time", "2026-02-30T12:00:00Z"), ("date-time", "2026-01-31T24:00:00Z"),
            ("date-time", "2026-01-31T12:60:00Z"), ("date-time", "2026-01-31T12:00:60Z"), ("date-time", "2026-01-31T12:00:00.Z"),
            ("date-time", "2026-01-31T12:00:00+1:00"),
            ("date-time", "2026-01-31T12:00:00Zx"), ("date-time", "２026-01-31T12:00:00Z"), ("date", "2100-02-29"), ("date", "2026-13-01"),
            ("date", "2026-00-10"), ("date", "2026-01-00"), ("date", "26-01-01"), ("date", ""),
            ("date", "2026-01-31Z"), ("email", "a"), ("email", "@b"), ("email", "a@"), ("email", "a..b@c"), ("email", ".a@b"),
            ("email", "a@-b"), ("email", "a b@c"), ("email", "a@b..c"),
            ("uuid", "0123456789abcdef0123456789abcdef"), ("uuid", "01234567-89ab-cdef-0123-456789abcdeg"), ("uuid", ""),
            ("uri", "/relative"), ("uri", "example.org"), ("uri", "http://a b"),
            ("uri", "http://a/%2"), ("uri", "1a:b"), ("uri", "a:b#c#d"), ("uri", "http://é"), ("uri", ""),
        ]
    )
    func refuses(format: String, text: String) throws {
        #expect(try !allows(format, text))
    }
}
