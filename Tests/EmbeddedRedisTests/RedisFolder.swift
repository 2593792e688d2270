import EmbeddedRedis
import FoundationEssentials
import Glibc
import Logging
import StepstreamTesting

/// A folder for one test and the embedded Redis on it; removed when the body returns.
func withRedisFolder(_ body: (String) async throws -> Void) async throws {
    var template = Array("/tmp/embedded-redis-XXXXXX".utf8CString)
    let path = String(cString: mkdtemp(&template))
    do {
        try await body(path)
    } catch {
        try FileManager.default.removeItem(atPath: path)
        throw error
    }
    try FileManager.default.removeItem(atPath: path)
}

/// Emits every log message as a signal, so that a test can wait for what the service says it did.
struct SignallingLogHandler: LogHandler {
    let signals: NamedSignals
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ signals: NamedSignals) {
        self.signals = signals
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        signals.emit(event.message.description)
    }
}

func signallingLogger(_ signals: NamedSignals) -> Logger {
    Logger(label: "test") { _ in SignallingLogHandler(signals) }
}
