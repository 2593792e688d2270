import Stepstream
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("How far a watcher has been told")
struct HistoryCursorTests {
    private func event(_ sequence: Int, _ kind: Event.Kind = .stepStarted) -> Event {
        Event(sequence: sequence, time: 0, kind: kind, data: .emptyObject)
    }

    private func operation(_ version: Int, keeping first: Int = 1, _ status: Status = .running) throws -> Operation {
        var operation = Operation(
            id: try #require(OperationID("a")),
            type: "t",
            definition: Definition(type: "t", steps: []).version,
            input: .null
        )
        operation.version = version
        operation.status = status
        operation.events = version < first ? [] : (first...version).map { event($0) }
        return operation
    }

    @Test("Whatever is lost, doubled or late on the way, every event is told once and in order")
    func lossy() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var cursor = HistoryCursor(after: Bool.random(using: &random) ? 0 : nil)
            let last = Int.random(in: 1...12, using: &random)
            var told: [Int] = []
            var published = 0
            func note(_ lines: [HistoryCursor.Line]) {
                for line in lines {
                    switch line {
                    case .event(let event): told.append(event.sequence)
                    case .snapshot(let operation): told = Array(1...operation.version)
                    case .reset, .gone: Issue.record("nothing was dropped from the history")
                    }
                }
            }
            func read() throws { note(cursor.read(try operation(published, published == last ? .succeeded : .running))) }
            while !cursor.isOver {
                if published == 0 { published = 1 }
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where published < last: published += 1
                case 1:
                    // A notice of what one change brought, perhaps long ago; others are lost.
                    let number = Int.random(in: 1...published, using: &random)
                    let events = (number...Int.random(in: number...published, using: &random)).map { number in
                        event(number, number == last ? .succeeded : .stepStarted)
                    }
                    switch cursor.noticed(.events(events)) {
                    case .nothing: break
                    case .send(let events): told += events.map(\.sequence)
                    case .read: try read()
                    }
                case 2: try read()
                default: break
                }
            }
            #expect(told == Array(1...last))
        }
    }

    @Test("A record that was set back behind what the watcher knows is a reset, and is followed from there")
    func setBack() throws {
        var cursor = HistoryCursor(after: 10)
        guard case .reset(let operation)? = cursor.read(try operation(7)).first else {
            Issue.record("no reset")
            return
        }
        #expect(operation.version == 7 && cursor.known == 7)
        guard case .send(let events) = cursor.noticed(.events([event(8, .succeeded)])) else {
            Issue.record("what came after was not told")
            return
        }
        #expect(events.map(\.sequence) == [8] && cursor.isOver)
    }

    @Test("A history that no longer reaches back is a reset")
    func reset() throws {
        var cursor = HistoryCursor(after: 3)
        guard case .reset? = cursor.read(try operation(20, keeping: 10)).first else {
            Issue.record("no reset")
            return
        }
        #expect(cursor.known == 20)
        var near = HistoryCursor(after: 9)
        #expect(near.read(try operation(20, keeping: 10)).count == 11)
    }
}
