import Stepstream
import StepstreamAPI

/// A timeline, drawn to scale: each lane stretches over the whole time, so that lengths can be compared.
struct TimelineView {
    let timeline: Timeline

    private static let width = 1000.0
    private static let height = 16.0

    private var length: Double { Double(max(1, timeline.to.count - timeline.from.count)) }

    var html: HTML {
        HTML(.div, .class("timeline")) {
            for lane in timeline.lanes { self.lane(lane) }
            axis
            legend
            if timeline.isCut {
                HTML(.p, .class("faint")) { "The oldest events have been dropped, so the picture begins in the middle." }
            }
        }
    }

    private func lane(_ lane: Timeline.Lane) -> HTML {
        HTML(.div, .class("lane")) {
            HTML(.span, .class("lane-name")) {
                if lane.work.direction == .undo { HTML(.em) { "undo " } }
                lane.work.step.text
            }
            HTML(
                .svg,
                .set(.viewBox, to: "0 0 1000 16"),
                .set(.preserveAspectRatio, to: "none"),
                .set(.role, to: "img"),
                .set(.ariaLabel, to: "\(lane.work.direction == .undo ? "undo" : "run") of \(lane.work.step.text)")
            ) {
                HTML(
                    .rect,
                    .class("ground"),
                    .set(.x, to: 0),
                    .set(.y, to: 0),
                    .set(.width, to: Self.width),
                    .set(.height, to: Self.height)
                )
                for span in lane.spans { draw(span) }
                for mark in timeline.marks { draw(mark) }
            }
        }
    }

    private func draw(_ span: Timeline.Span) -> HTML {
        let x = place(span.from)
        // The shortest attempt is still seen.
        let width = min(max(place(span.to) - x, 3), Self.width)
        let isThin = [.wait, .delay, .held].contains(span.kind)
        return HTML(
            .rect,
            .class("span \(span.kind.rawValue)"),
            .set(.x, to: min(x, Self.width - width)),
            .set(.y, to: isThin ? 6.0 : 1.0),
            .set(.width, to: width),
            .set(.height, to: isThin ? 4.0 : 14.0)
        ) {
            HTML(.title) { "\(span.kind.rawValue)\n\(Format.span(span.length))\nfrom \(clock(span.from)) to \(clock(span.to))" }
        }
    }

    private func draw(_ mark: Timeline.Mark) -> HTML {
        let x = min(max(place(mark.time), 0.5), Self.width - 1)
        return HTML(.rect, .class("mark"), .set(.x, to: x - 0.5), .set(.y, to: 0), .set(.width, to: 1.5), .set(.height, to: Self.height)) {
            HTML(.title) { "\(mark.words)\n\(clock(mark.time))" }
        }
    }

    private func place(_ time: Milliseconds) -> Double {
        min(max(Double(time.count - timeline.from.count) / length, 0), 1) * Self.width
    }

    private func clock(_ time: Milliseconds) -> String { String(Timestamp.text(time).dropFirst(11).dropLast()) }

    private var axis: HTML {
        let total = timeline.to.count - timeline.from.count
        return HTML(.div, .class("lane")) {
            HTML(.span, .class("lane-name"))
            HTML(.div, .class("axis")) {
                for quarter in 0...4 as ClosedRange<Int64> {
                    HTML(.span) { quarter == 0 ? "0" : Format.span(Milliseconds(total * quarter / 4)) }
                }
            }
        }
    }

    private var legend: HTML {
        let kinds: [Timeline.Span.Kind] = [.wait, .delay, .running, .succeeded, .failed, .unknown, .held]
        let seen = Set(timeline.lanes.flatMap { $0.spans.map(\.kind) })
        return HTML(.div, .class("legend")) {
            for kind in kinds where seen.contains(kind) {
                HTML(.span, .class("key \(kind.rawValue)")) { words(kind) }
            }
        }
    }

    private func words(_ kind: Timeline.Span.Kind) -> String {
        switch kind {
        case .wait: "waits for a worker"
        case .delay: "delay before the next attempt"
        case .running: "running"
        case .succeeded: "attempt that succeeded"
        case .failed: "attempt that failed"
        case .unknown: "attempt nobody knows the end of"
        case .held: "waits for a person"
        }
    }
}
