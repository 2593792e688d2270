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

    @Test("A traceparent keeps W3C Trace Context")
    func traceparent() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        let parent = "00f067aa0ba902b7"
        #expect(SubmissionTerms.isTraceparent("00-\(trace)-\(parent)-01"))
        for bad in [
            "", "00-\(trace)-\(parent)", "ff-\(trace)-\(parent)-01", "00-\(trace.uppercased())-\(parent)-01",
            "00-\(String(repeating: "0", count: 32))-\(parent)-01", "00-\(trace)-0000000000000000-01", "00-\(trace)-\(parent)-01-x",
            "00-\(trace)-\(parent)-0\n",
        ] {
            #expect(!SubmissionTerms.isTraceparent(bad), "\(bad)")
        }
    }
}
