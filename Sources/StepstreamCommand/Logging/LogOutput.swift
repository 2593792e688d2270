import Foundation
import Logging
import Stepstream
import StepstreamConfiguration

/// Writes log records to standard error, one line each: for people, or as JSON.
struct LogOutput: LogHandler {
    typealias Format = LogSettings.Format

    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let label: String
    private let format: Format

    /// No field of a record is longer, so that no input can flood the log.
    private static let fieldLimit = 1024

    init(label: String, level: Logger.Level, format: Format) {
        self.label = label
        self.format = format
        logLevel = level
    }

    /// Makes all loggers of the process write this way.
    static func bootstrap(level: Logger.Level, format: Format) {
        LoggingSystem.bootstrap { LogOutput(label: $0, level: level, format: format) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let time = Date.now.formatted(.iso8601.year().month().day().timeZone(separator: .omitted).time(includingFractionalSeconds: true))
        var line: String
        switch format {
        case .text:
            line = "\(time) \(event.level) \(event.message)"
            for (key, value) in fields { line += " \(key)=\(Self.plain("\(value)"))" }
        case .json:
            var members: [(String, JSONText.Fragment)] = [
                ("time", .string(time)), ("level", .string("\(event.level)")), ("logger", .string(label)),
                ("message", .string("\(event.message)")),
            ]
            for (key, value) in fields { members.append((key, .string(String("\(value)".prefix(Self.fieldLimit))))) }
            line = JSONText.object(members).text
        }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// Control characters would let a value forge a line of its own.
    private static func plain(_ value: String) -> String {
        let text = String(value.prefix(fieldLimit))
        let isSafe = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\"" && $0 != " " }
        return isSafe ? text : JSONText.string(text).text
    }
}
