import StepstreamServer

/// How the API listens, and what it accepts.
package enum HTTPSettings {
    private static let standard = ServerConfiguration()

    package static let host = Setting("http.host", rule: .text, default: standard.host, flag: "--host")
    package static let port = Setting("http.port", rule: .port, default: standard.port, flag: "--port")
    package static let publicURL = Setting("http.publicURL", rule: .baseURL)
    package static let bodyLimit = Setting("http.bodyLimit", rule: .bytes(in: 1024...(256 << 20)), default: standard.bodyLimit)
    package static let inputDepth = Setting("http.inputDepth", rule: .integer(in: 1...256), default: standard.inputDepth)
    package static let headerDeadline = Setting(
        "http.headerDeadline",
        rule: .duration(in: .milliseconds(100)...(.minutes(10))),
        default: standard.headerDeadline
    )
    package static let requestDeadline = Setting(
        "http.requestDeadline",
        rule: .duration(in: .milliseconds(100)...(.hours(1))),
        default: standard.requestDeadline
    )
    package static let connections = Setting("http.connections", rule: .integer(in: 1...1_000_000), default: standard.connections)
    package static let inlineBudget = Setting(
        "http.inlineBudget",
        rule: .duration(in: .zero ... .minutes(10)),
        default: standard.inlineBudget
    )
    package static let longPoll = Setting("http.longPoll", rule: .duration(in: .seconds(1)...(.minutes(10))), default: standard.longPoll)
    package static let watchers = Setting("http.watchers", rule: .integer(in: 0...1_000_000), default: standard.watchers)
    package static let watchersPerCaller = Setting(
        "http.watchersPerCaller",
        rule: .integer(in: 0...1_000_000),
        default: standard.watchersPerCaller
    )
    package static let watchersPerAddress = Setting(
        "http.watchersPerAddress",
        rule: .integer(in: 0...1_000_000),
        default: standard.watchersPerAddress
    )
    package static let watchLife = Setting(
        "http.watchLife",
        rule: .duration(in: .milliseconds(100)...(.days(1))),
        default: standard.watchLife
    )
    package static let origins = Setting("http.origins", rule: .origins, default: standard.origins)

    static let all: [any AnySetting] = [
        host, port, publicURL, bodyLimit, inputDepth, headerDeadline, requestDeadline, connections, inlineBudget, longPoll, watchers,
        watchersPerCaller, watchersPerAddress, watchLife, origins,
    ]
}
