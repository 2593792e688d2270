package import Stepstream
import StepstreamWorker

/// How webhooks are signed and delivered.
package enum WebhookSettings {
    /// Which schemes webhooks are sent to.
    package enum Scheme: String, Sendable, CaseIterable {
        case https
        /// `http` as well as `https`.
        case http
    }

    private static let standard = DeliveryConfiguration(source: "")

    package static let secret = Setting("webhooks.secret", rule: .secrets, default: standard.secrets)
    package static let endpoints = Setting("webhooks.endpoints", rule: .text)
    package static let scheme = Setting("webhooks.scheme", rule: .choice, default: standard.allowsHTTP ? Scheme.http : .https)
    package static let ports = Setting("webhooks.ports", rule: .ports)
    package static let allow = Setting("webhooks.allow", rule: .addressRanges, default: [])
    package static let timeLimit = Setting(
        "webhooks.timeLimit",
        rule: .duration(in: .milliseconds(100)...(.seconds(60))),
        default: standard.timeLimit
    )
    package static let concurrency = Setting("webhooks.concurrency", rule: .integer(in: 1...10_000), default: standard.concurrency)
    package static let concurrencyPerReceiver = Setting(
        "webhooks.concurrencyPerReceiver",
        rule: .integer(in: 1...10_000),
        default: standard.concurrencyPerReceiver
    )

    static let all: [any AnySetting] = [secret, endpoints, scheme, ports, allow, timeLimit, concurrency, concurrencyPerReceiver]
}
