import Stepstream
package import StepstreamServer

extension Settings {
    /// How the API listens, and what it accepts.
    package var server: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.host = self[HTTPSettings.host]
        configuration.port = self[HTTPSettings.port]
        configuration.publicURL = self[HTTPSettings.publicURL]
        configuration.bodyLimit = self[HTTPSettings.bodyLimit]
        configuration.inputDepth = self[HTTPSettings.inputDepth]
        configuration.headerDeadline = self[HTTPSettings.headerDeadline]
        configuration.requestDeadline = self[HTTPSettings.requestDeadline]
        configuration.connections = self[HTTPSettings.connections]
        configuration.inlineBudget = self[HTTPSettings.inlineBudget]
        configuration.longPoll = self[HTTPSettings.longPoll]
        configuration.watchers = self[HTTPSettings.watchers]
        configuration.watchersPerCaller = self[HTTPSettings.watchersPerCaller]
        configuration.watchersPerAddress = self[HTTPSettings.watchersPerAddress]
        configuration.watchLife = self[HTTPSettings.watchLife]
        configuration.origins = self[HTTPSettings.origins]
        configuration.dashboard = self[DashboardSettings.mode]
        configuration.dashboardListener = dashboardListener
        configuration.lease = Milliseconds(self[WorkerSettings.lease])
        configuration.callbacks = callbacks
        return configuration
    }

    private var dashboardListener: (host: String, port: Int)? {
        let (host, port) = (self[DashboardSettings.host], self[DashboardSettings.port])
        guard host != nil || port != nil else { return nil }
        return (host ?? DashboardSettings.standardListener.host, port ?? DashboardSettings.standardListener.port)
    }

    /// Which callbacks are accepted; none without a secret.
    private var callbacks: CallbackRules? {
        guard !self[WebhookSettings.secret].isEmpty else { return nil }
        return CallbackRules(allowsHTTP: allowsHTTP, ports: self[WebhookSettings.ports].map { Set($0) }, addresses: addresses)
    }
}
