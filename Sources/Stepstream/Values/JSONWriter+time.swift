package import StepstreamJSON

extension JSONWriter {
    /// A time in its quotes.
    package mutating func time(_ time: Milliseconds) {
        string(of: Timestamp.length) { Timestamp.write(time, to: $0) }
    }
}
