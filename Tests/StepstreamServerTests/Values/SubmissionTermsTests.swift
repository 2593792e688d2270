@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer
import Testing

@Suite("Header fields of a submission")
struct SubmissionTermsTests {
    @Test(
        "A key is taken quoted or bare",
        arguments: [("\"k-1\"", "k-1"), ("k-1", "k-1"), (" \"a\\\"b\" ", "a\"b"), ("\"a\\\\b\"", "a\\b"), ("~", "~")]
    )
    func keys(text: String, key: String) {
        #expect(SubmissionTerms.key(text) == key)
    }

    @Test(
        "What is no key is none",
        arguments: ["", "\"\"", "\"", "\"a", "\"a\"b\"", "\"a\\\"", "\"a\\n\"", "a b", "ä", "a\u{7F}", String(repeating: "x", count: 256)]
    )
    func notKeys(text: String) {
        #expect(SubmissionTerms.key(text) == nil)
    }

    @Test("255 characters are a key")
    func longestKey() {
        let key = String(repeating: "x", count: 255)
        #expect(SubmissionTerms.key(key) == key)
    }
}
