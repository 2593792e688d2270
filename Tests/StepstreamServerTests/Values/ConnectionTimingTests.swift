import NIOCore
@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer
import Testing

@Suite("Deadlines of a connection")
struct ConnectionTimingTests {
    private let limits = ConnectionTiming.Limits(head: .seconds(5), request: .seconds(10), idle: .seconds(60))

    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    private func expect(
        _ timing: ConnectionTiming,
        _ seconds: Int64?,
        _ verdict: ConnectionTiming.Verdict?,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(timing.deadline?.time == seconds.map(at), sourceLocation: place)
        #expect(timing.deadline?.verdict == verdict, sourceLocation: place)
    }

    @Test("A connection on which nothing comes is closed as early as one whose head does not end")
    func silent() {
        expect(ConnectionTiming(limits: limits, openedAt: at(1)), 6, .close)
    }

    @Test("A byte now and then gains nothing: head and request count from the first one")
    func slow() {
        var timing = ConnectionTiming(limits: limits, openedAt: at(0))
        timing.bytes(at: at(2))
        expect(timing, 7, .refuse)
        timing.bytes(at: at(6))
        expect(timing, 7, .refuse)
        timing.head(at: at(6))
        expect(timing, 12, .refuse)
        timing.bytes(at: at(11))
        expect(timing, 12, .refuse)
        #expect(timing.canRefuse)
    }

    @Test("There is no deadline while a request that has come is worked on, and the idle one after its answer")
    func working() {
        var timing = ConnectionTiming(limits: limits, openedAt: at(0))
        timing.bytes(at: at(0))
        timing.head(at: at(1))
        timing.requestEnd(at: at(2))
        expect(timing, nil, nil)
        timing.wrote(at: at(30))
        expect(timing, 90, .close)
        timing.answerEnd(at: at(31))
        expect(timing, 91, .close)
        timing.bytes(at: at(80))
        expect(timing, 85, .refuse)
    }

    @Test("A pipelined request does not get its 408 into another one's answer")
    func pipelined() {
        var timing = ConnectionTiming(limits: limits, openedAt: at(0))
        timing.bytes(at: at(0))
        timing.head(at: at(0))
        timing.requestEnd(at: at(0))
        timing.head(at: at(0))
        #expect(timing.unanswered == 2)
        expect(timing, 10, .refuse)
        #expect(!timing.canRefuse)
        timing.requestEnd(at: at(1))
        timing.answerEnd(at: at(2))
        expect(timing, nil, nil)
        timing.answerEnd(at: at(3))
        expect(timing, 63, .close)
    }

    @Test("An answer that has begun is not cut into")
    func begun() {
        var timing = ConnectionTiming(limits: limits, openedAt: at(0))
        timing.bytes(at: at(0))
        timing.head(at: at(0))
        timing.wrote(at: at(1))
        #expect(!timing.canRefuse)
    }

    @Test("What comes after a refusal is thrown away for a while only")
    func discarding() {
        var timing = ConnectionTiming(limits: limits, openedAt: at(0))
        timing.bytes(at: at(0))
        timing.discard(at: at(5))
        #expect(timing.isDiscarding)
        timing.bytes(at: at(6))
        timing.head(at: at(6))
        expect(timing, 7, .close)
    }
}
