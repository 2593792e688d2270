package import StepstreamServer

/// What the dashboard does, and where it listens.
package enum DashboardSettings {
    package static let mode = Setting("dashboard.mode", rule: .choice, default: ServerConfiguration().dashboard)
    package static let host = Setting("dashboard.host", rule: .text)
    package static let port = Setting("dashboard.port", rule: .port)

    /// Where a listener of its own is if only its host or only its port is set.
    static let standardListener = (host: "127.0.0.1", port: 8081)

    static let all: [any AnySetting] = [mode, host, port]
}
