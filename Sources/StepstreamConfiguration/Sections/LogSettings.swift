package import Logging

/// What is logged.
package enum LogSettings {
    /// How a log record looks.
    package enum Format: String, Sendable, CaseIterable {
        case text, json
    }

    package static let level = Setting("log.level", rule: .choice, default: Logger.Level.info, flag: "--log-level")
    package static let format = Setting("log.format", rule: .choice, default: Format.text, flag: "--log-format")

    static let all: [any AnySetting] = [level, format]
}
