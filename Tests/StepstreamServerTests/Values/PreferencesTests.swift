@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer
import Testing

@Suite("Prefer (RFC 7240)")
struct PreferencesTests {
    @Test(
        "wait is read in every spelling",
        arguments: [
            (["wait=5"], 5), (["WAIT=5"], 5), (["wait=\"5\""], 5), (["wait = 7 ; x=y"], 7), (["handling=lenient, wait=3"], 3),
            (["note=\"a, wait=1\", wait=2"], 2), (["wait=1", "wait=9"], 1), (["wait=0"], 0),
        ]
    )
    func wait(values: [String], seconds: Int) {
        #expect(Preferences(values).wait == seconds)
    }

    @Test(
        "What is no number of seconds is passed over",
        arguments: ["wait", "wait=", "wait=-1", "wait=soon", "wait=1.5", "waits=4", "=4", ""]
    )
    func notWait(value: String) {
        #expect(Preferences([value]).wait == nil)
    }

    @Test("respond-async stands beside others")
    func respondAsync() {
        #expect(Preferences(["respond-async, wait=10"]).respondAsync)
        #expect(Preferences(["Respond-Async; foo"]).respondAsync)
        #expect(!Preferences(["x=\"respond-async\""]).respondAsync)
        #expect(Preferences(["respond-async, wait=10"]).wait == 10)
    }
}
