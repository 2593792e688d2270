import Stepstream
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("Timeline")
struct TimelineTests {
    private func timeline(_ events: [(Int64, Event.Kind, String)], endedAt end: Int64? = nil, first: Int = 1) throws -> Timeline {
        let version = try #require(DefinitionVersion("0123456789abcdef"))
        var operation = Operation(id: try #require(OperationID("o")), type: "t", definition: version, createdAt: 0, input: .emptyObject)
        operation.events = events.enumerated().map { index, event in
            Event(sequence: first + index, time: Milliseconds(event.0), kind: event.1, data: JSONText(trusted: event.2))
        }
        operation.endedAt = end.map { Milliseconds($0) }
        operation.status = end == nil ? Status.running : Status.succeeded
        return Timeline(operation, now: 1000)
    }

    private func spans(_ timeline: Timeline, _ work: Work) -> [String] {
        timeline.lanes.first { $0.work == work }?.spans.map { "\($0.kind.rawValue) \($0.from.count)-\($0.to.count)" } ?? []
    }

    @Test("Waits, attempts and delays follow one another; the next step waits from the end of the one before")
    func retry() throws {
        let timeline = try timeline(
            [
                (0, .accepted, "{}"), (10, .started, "{}"), (10, .stepStarted, #"{"step":"a","attempt":1}"#),
                (30, .stepRetrying, #"{"step":"a","direction":"forward","attempt":1,"delayMilliseconds":50}"#),
                (85, .stepStarted, #"{"step":"a","attempt":2}"#), (100, .stepSucceeded, #"{"step":"a"}"#),
                (120, .stepStarted, #"{"step":"b","attempt":1}"#), (150, .stepSucceeded, #"{"step":"b"}"#), (150, .succeeded, "{}"),
            ],
            endedAt: 150
        )
        #expect(spans(timeline, Work(.forward, "a")) == ["wait 0-10", "failed 10-30", "delay 30-85", "succeeded 85-100"])
        #expect(spans(timeline, Work(.forward, "b")) == ["wait 100-120", "succeeded 120-150"])
        #expect(timeline.to == 150)
        #expect(timeline.marks.map(\.words) == ["operation.succeeded"])
        #expect(!timeline.isCut)
    }

    @Test("What is held waits until somebody acts; what is undone has lanes of its own")
    func undo() throws {
        let timeline = try timeline([
            (0, .accepted, "{}"), (5, .stepStarted, #"{"step":"a"}"#), (9, .stepHeld, #"{"step":"a","problem":{}}"#),
            (40, .commanded, #"{"command":"undo","step":"a","direction":"forward"}"#), (40, .stepFailed, #"{"step":"a","problem":{}}"#),
            (40, .undoing, "{}"),
            (50, .stepUndoing, #"{"step":"a"}"#), (60, .undoFailed, #"{"step":"a","problem":{}}"#),
        ])
        #expect(spans(timeline, Work(.forward, "a")) == ["wait 0-5", "unknown 5-9", "held 9-40"])
        #expect(spans(timeline, Work(.undo, "a")) == ["wait 40-50", "failed 50-60", "held 60-1000"])
        #expect(timeline.to == 1000)
    }

    @Test("What runs lasts until now, and a history that was cut is said to be")
    func running() throws {
        let timeline = try timeline([(500, .stepStarted, #"{"step":"z"}"#), (500, .stepStarted, "not json")], first: 7)
        #expect(spans(timeline, Work(.forward, "z")) == ["wait 0-500", "running 500-1000"])
        #expect(timeline.isCut)
    }
}
