import Stepstream
import StepstreamAPI

/// An operation's history as lanes of spans: a pure function of its events.
struct Timeline: Equatable {
    /// One span of a lane.
    struct Span: Equatable {
        /// What was so meanwhile.
        enum Kind: String {
            /// A message waited for a worker.
            case wait
            /// The delay before the next attempt.
            case delay
            /// An attempt, by what it came to.
            case running, succeeded, failed, unknown
            /// Waited for a person.
            case held
        }

        var kind: Kind
        var from: Milliseconds
        var to: Milliseconds

        var length: Milliseconds { Milliseconds(to.count - from.count) }
    }

    /// What happened to one step, or its undo.
    struct Lane: Equatable {
        var work: Work
        var spans: [Span]
    }

    /// Something that has no length.
    struct Mark: Equatable {
        var time: Milliseconds
        var words: String
    }

    let from: Milliseconds
    let to: Milliseconds
    let lanes: [Lane]
    let marks: [Mark]
    /// Whether the history no longer reaches back to the beginning.
    let isCut: Bool

    /// The timeline of an operation that was read with its events; what has not ended lasts until `now`.
    init(_ operation: Operation, now: Milliseconds) {
        var reading = Reading(free: operation.createdAt)
        for event in operation.events { reading.read(event) }
        let last = operation.events.last?.time ?? operation.updatedAt
        let end = operation.endedAt ?? (operation.status.isEnded ? last : max(now, last))
        reading.close(at: end)
        from = operation.createdAt
        to = max(end, operation.createdAt)
        lanes = reading.lanes
        marks = reading.marks
        isCut = operation.events.first.map { $0.sequence > 1 } ?? true
    }
}

/// The state of reading events one by one.
private struct Reading {
    /// Since when the next step could have begun.
    var free: Milliseconds
    var lanes: [Timeline.Lane] = []
    var marks: [Timeline.Mark] = []
    /// For each lane the span that has not ended.
    private var open: [Work: Timeline.Span] = [:]

    init(free: Milliseconds) {
        self.free = free
    }

    mutating func read(_ event: Event) {
        switch event.kind {
        case .accepted, .started, .stepProgress: break
        case .stepStarted: begin(event, direction: .forward)
        case .stepUndoing: begin(event, direction: .undo)
        case .stepSucceeded: end(event, direction: .forward, as: .succeeded)
        case .stepUndone: end(event, direction: .undo, as: .succeeded)
        case .stepFailed: end(event, direction: .forward, as: .failed)
        case .undoFailed:
            end(event, direction: .undo, as: .failed)
            hold(event, direction: .undo)
        case .stepRetrying: retry(event)
        case .stepHeld:
            end(event, direction: .forward, as: .unknown)
            hold(event, direction: .forward)
        case .commanded: command(event)
        case .undoing, .undone:
            free = event.time
            marks.append(.init(time: event.time, words: event.kind.rawValue))
        case .succeeded, .failed, .canceled: marks.append(.init(time: event.time, words: event.kind.rawValue))
        }
    }

    mutating func close(at end: Milliseconds) {
        for work in open.keys.sorted(by: { open[$0].map(\.from) ?? 0 < open[$1].map(\.from) ?? 0 }) { close(work, at: end) }
    }

    private mutating func begin(_ event: Event, direction: Work.Direction) {
        guard let work = event.work(direction) else { return }
        if open[work] == nil { open[work] = .init(kind: .wait, from: free, to: free) }
        close(work, at: event.time)
        open[work] = .init(kind: .running, from: event.time, to: event.time)
    }

    private mutating func end(_ event: Event, direction: Work.Direction, as kind: Timeline.Span.Kind) {
        free = event.time
        guard let work = event.work(direction) else { return }
        if open[work]?.kind == .running { open[work]?.kind = kind }
        close(work, at: event.time)
    }

    private mutating func hold(_ event: Event, direction: Work.Direction) {
        guard let work = event.work(direction) else { return }
        open[work] = .init(kind: .held, from: event.time, to: event.time)
    }

    private mutating func retry(_ event: Event) {
        let direction = event.member("direction")?.string.flatMap(Work.Direction.init) ?? .forward
        end(event, direction: direction, as: .failed)
        guard let work = event.work(direction) else { return }
        open[work] = .init(kind: .delay, from: event.time, to: event.time)
    }

    private mutating func command(_ event: Event) {
        let command = event.member("command")?.string ?? ""
        let direction = event.member("direction")?.string.flatMap(Work.Direction.init) ?? .forward
        if let work = event.work(direction) { close(work, at: event.time) }
        free = event.time
        marks.append(.init(time: event.time, words: command))
    }

    private mutating func close(_ work: Work, at time: Milliseconds) {
        guard var span = open.removeValue(forKey: work) else { return }
        span.to = max(time, span.from)
        let index = lanes.firstIndex { $0.work == work } ?? lanes.endIndex
        if index == lanes.endIndex { lanes.append(.init(work: work, spans: [])) }
        if span.length.count > 0 || span.kind != .wait { lanes[index].spans.append(span) }
    }
}

extension Event {
    fileprivate func member(_ name: String) -> JSONNode? {
        do {
            return try JSONNode.parse(data.text, maximumDepth: 128).member(name)
        } catch {
            return nil
        }
    }

    fileprivate func work(_ direction: Work.Direction) -> Work? {
        member("step")?.string.flatMap { Name($0) }.map { Work(direction, $0) }
    }
}
