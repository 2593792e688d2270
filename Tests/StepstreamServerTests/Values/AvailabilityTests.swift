@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer
import Testing

@Suite("Whether the store answers")
struct AvailabilityTests {
    private func availability() -> Availability { Availability(patience: .seconds(1)) }

    @Test("While nothing is on its way nobody looks, and the first call asks for it once")
    func rest() {
        var state = availability()
        #expect(state.look(at: .seconds(0)) == .rest)
        #expect(state.begin(at: .seconds(1)) == (true, true))
        #expect(state.begin(at: .seconds(1)) == (true, false))
        #expect(state.look(at: .seconds(1)) == .lookAgain)
        state.end(.answered, at: .seconds(1))
        state.end(.answered, at: .seconds(1))
        #expect(state.look(at: .seconds(2)) == .rest)
        #expect(state.begin(at: .seconds(3)) == (true, true))
    }

    @Test("Calls without a single answer for as long as one is patient: away, and further ones are refused")
    func stalled() {
        var state = availability()
        // Long rest counts for nothing.
        _ = state.begin(at: .seconds(100))
        #expect(state.look(at: .milliseconds(100_999)) == .lookAgain)
        #expect(state.look(at: .seconds(101)) == .probe)
        #expect(state.isAway)
        #expect(state.begin(at: .seconds(101)) == (false, false))
    }

    @Test("A slow store that answers now and then is not away")
    func slow() {
        var state = availability()
        for _ in 0..<5 { _ = state.begin(at: .seconds(0)) }
        for tenth in 1...4 {
            state.end(.answered, at: .milliseconds(900 * tenth))
            #expect(state.look(at: .milliseconds(900 * tenth + 800)) == .lookAgain)
        }
    }

    @Test("A call that reached nobody is enough; a broken connection is not")
    func unreachable() {
        var state = availability()
        _ = state.begin(at: .seconds(0))
        _ = state.begin(at: .seconds(0))
        state.end(.other, at: .seconds(0))
        #expect(!state.isAway)
        state.end(.unreachable, at: .seconds(0))
        #expect(state.isAway)
        #expect(state.look(at: .seconds(0)) == .probe)
    }

    @Test("The probe's answer, or one that comes late, opens the door again")
    func back() {
        var state = availability()
        _ = state.begin(at: .seconds(0))
        _ = state.begin(at: .seconds(0))
        #expect(state.look(at: .seconds(1)) == .probe)
        state.probed(.unreachable, at: .seconds(2))
        #expect(state.begin(at: .seconds(2)) == (false, false))
        state.probed(.answered, at: .seconds(3))
        #expect(state.begin(at: .seconds(3)).isAdmitted)
        state.end(.unreachable, at: .seconds(3))
        #expect(state.isAway)
        state.end(.answered, at: .seconds(4))
        #expect(!state.isAway)
    }
}
