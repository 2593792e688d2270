import Logging
import StepstreamTesting
import Synchronization

/// Keeps what is logged at `warning` and above.
final class RecordingLog: Sendable {
    /// `logged` for each line.
    let signals = NamedSignals()
    private let kept = Mutex([String]())

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.kept.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
            log.signals.emit("\(event.message)")
        }
    }
}
