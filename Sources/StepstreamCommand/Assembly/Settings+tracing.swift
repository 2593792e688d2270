import AsyncHTTPClient
import Foundation
import Logging
import Stepstream
import StepstreamConfiguration
import StepstreamTracing

extension Settings {
    /// Sends the spans of a process in the role `role`, if there is a collector to send them to.
    func exporter(role: String, http: HTTPClient, meters: Meters, logger: Logger) -> SpanExporter? {
        let process = ProcessInfo.processInfo
        guard let endpoint = self[TracingSettings.endpoint] ?? process.environment["OTEL_EXPORTER_OTLP_ENDPOINT"], !endpoint.isEmpty else {
            return nil
        }
        let service = [
            ("service.name", "stepstream-\(role)"), ("host.name", process.hostName),
            ("process.pid", String(process.processIdentifier)),
        ]
        return SpanExporter(endpoint: endpoint, service: service, http: http, meters: meters, logger: logger)
    }
}
