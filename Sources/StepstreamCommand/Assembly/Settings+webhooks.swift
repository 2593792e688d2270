import Foundation
import Stepstream
import StepstreamServer
import StepstreamWorker

extension Settings {
    /// How webhooks are delivered; every fault of the file of endpoints is reported at once.
    func deliveries() throws -> DeliveryConfiguration {
        let base = text("http.publicURL") ?? "http://\(text("http.host") ?? "localhost"):\(integer("http.port"))"
        var configuration = DeliveryConfiguration(
            endpoints: try endpoints(),
            secrets: secrets,
            source: String(base.reversed().drop { $0 == "/" }.reversed())
        )
        configuration.addresses = addresses
        configuration.allowsHTTP = allowsHTTP
        configuration.timeLimit = duration("webhooks.timeLimit")
        configuration.lease = Milliseconds(configuration.timeLimit * 2 + .seconds(5))
        configuration.concurrency = integer("webhooks.concurrency")
        configuration.concurrencyPerReceiver = integer("webhooks.concurrencyPerReceiver")
        return configuration
    }

    /// Which callbacks are taken; none without a secret.
    var callbacks: CallbackRules? {
        guard !secrets.isEmpty else { return nil }
        let ports = text("webhooks.ports").map { Set($0.listed.compactMap { Int($0) }) }
        return CallbackRules(allowsHTTP: allowsHTTP, ports: ports, addresses: addresses)
    }

    private var secrets: [WebhookSecret] { text("webhooks.secret")?.listed.compactMap(WebhookSecret.init) ?? [] }
    private var allowsHTTP: Bool { text("webhooks.scheme") == "http" }
    private var addresses: AddressPolicy { AddressPolicy(allowed: text("webhooks.allow")?.listed.compactMap(AddressRange.init) ?? []) }

    private func endpoints() throws -> [WebhookEndpoint] {
        guard let path = text("webhooks.endpoints") else { return [] }
        let environment = ProcessInfo.processInfo.environment
        let file = try WebhooksFile(path: path, allowsHTTP: allowsHTTP) { environment[$0] }
        guard file.faults.isEmpty else { throw ConfigurationFaults(faults: file.faults) }
        return file.endpoints
    }
}
