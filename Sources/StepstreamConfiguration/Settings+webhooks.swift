import FoundationEssentials
import Stepstream
package import StepstreamWorker

extension Settings {
    /// How webhooks are delivered.
    ///
    /// - Parameter environment: the process's variables, some of which hold secrets of receivers.
    /// - Returns: the receivers, secrets and limits.
    /// - Throws: every fault of the file of receivers.
    package func deliveries(environment: [String: String]) throws(ConfigurationFaults) -> DeliveryConfiguration {
        var configuration = DeliveryConfiguration(
            endpoints: try endpoints(environment),
            secrets: self[WebhookSettings.secret],
            source: source
        )
        configuration.addresses = addresses
        configuration.allowsHTTP = allowsHTTP
        configuration.timeLimit = self[WebhookSettings.timeLimit]
        configuration.concurrency = self[WebhookSettings.concurrency]
        configuration.concurrencyPerReceiver = self[WebhookSettings.concurrencyPerReceiver]
        return configuration
    }

    var allowsHTTP: Bool { self[WebhookSettings.scheme] == .http }
    var addresses: AddressPolicy { AddressPolicy(allowed: self[WebhookSettings.allow]) }

    /// What the service's URLs begin with, without a slash at the end.
    private var source: String {
        let base = self[HTTPSettings.publicURL] ?? "http://\(self[HTTPSettings.host]):\(self[HTTPSettings.port])"
        return String(base.reversed().drop { $0 == "/" }.reversed())
    }

    private func endpoints(_ environment: [String: String]) throws(ConfigurationFaults) -> [WebhookEndpoint] {
        guard let path = self[WebhookSettings.endpoints] else { return [] }
        let file = WebhooksFile(path: path, allowsHTTP: allowsHTTP) { environment[$0] }
        guard file.faults.isEmpty else { throw ConfigurationFaults(file.faults) }
        return file.endpoints
    }
}
