import Stepstream
import StepstreamAPI

/// A point in time on a page: the time of day, and the whole of it in the tooltip.
struct TimeLabel {
    let time: Milliseconds
    /// Whether the day is shown too.
    var showsDay = true

    var html: HTML {
        let text = Timestamp.text(time)
        let day = text.prefix(10)
        let clock = text.dropFirst(11).dropLast(1)
        return HTML(.time, .set(.datetime, to: text), .set(.title, to: text)) { showsDay ? "\(day) \(clock.prefix(8))" : "\(clock)" }
    }
}
