import Testing

@testable import Stepstream

@Suite("What a probe answers")
struct ProbeAnswerTests {
    @Test("JSON as docs/handlers.md has it; anything else is not known")
    func json() {
        let answer = { (text: String) in ProbeAnswer(.succeeded(JSONText(trusted: text))) }
        #expect(answer(#"{"outcome":"done","result":{"a":[1]}}"#) == .done(JSONText(trusted: #"{"a":[1]}"#)))
        #expect(answer(#"{"outcome":"done"}"#) == .done(.null))
        #expect(answer(#"{"outcome":"not-done"}"#) == .notDone)
        #expect(answer(#"{"outcome":"unknown"}"#) == .unknown(.probeUnknown))
        for text in ["null", "{}", "[]", #"{"outcome":"Done"}"#, #"{"outcome":true}"#, #""done""#] {
            guard case .unknown(let problem) = answer(text) else {
                Issue.record("\(text) was taken for an answer")
                continue
            }
            #expect(problem.type == "/problems/probe-answer")
        }
    }

    @Test("what a closure answers is read back as it was")
    func closure() {
        for answer in [ProbeAnswer.done(JSONText(trusted: "[1]")), .notDone, .unknown(.probeUnknown)] {
            #expect(ProbeAnswer(.succeeded(answer.json)) == answer)
        }
    }

    @Test("a service that does not know the key has done nothing; any other failure says nothing")
    func failures() {
        let problem = { (type: String, status: Int) in Problem(type: "/problems/\(type)", title: "t", status: status) }
        #expect(ProbeAnswer(.failed(problem("handler-refused", 404), retry: .never)) == .notDone)
        let others: [Outcome] = [
            .failed(problem("handler-refused", 410), retry: .never),
            .failed(problem("handler-unavailable", 503), retry: .byPolicy(after: nil)),
            .failed(problem("handler-error", 404), retry: .byPolicy(after: nil)), .unknown(problem("handler-cut", 502)), .released,
        ]
        for outcome in others {
            guard case .unknown = ProbeAnswer(outcome) else {
                Issue.record("\(outcome) was taken for an answer")
                continue
            }
        }
    }
}
