/// Every metric that a process counts by itself: what docs/metrics.md documents, and what is measured under these names through swift-metrics.
package enum MetricName: String, Sendable, Hashable, CaseIterable {
    case operationsAccepted = "stepstream_operations_accepted_total"
    case operationsEnded = "stepstream_operations_ended_total"
    case operationDuration = "stepstream_operation_duration_seconds"
    case attempts = "stepstream_attempts_total"
    case attemptEnds = "stepstream_attempt_ends_total"
    case attemptDuration = "stepstream_attempt_duration_seconds"
    case queueWait = "stepstream_queue_wait_seconds"
    case commitsRefused = "stepstream_commits_refused_total"
    case leasesLost = "stepstream_leases_lost_total"
    case snoozed = "stepstream_messages_snoozed_total"
    case reclaimed = "stepstream_messages_reclaimed_total"
    case storeErrors = "stepstream_store_errors_total"
    case webhookTries = "stepstream_webhook_tries_total"
    case spansExported = "stepstream_spans_exported_total"
    case spansDropped = "stepstream_spans_dropped_total"
    case httpRequests = "stepstream_http_requests_total"
    case httpDuration = "stepstream_http_request_duration_seconds"

    /// What kind of metric it is.
    package var kind: PrometheusText.Kind {
        switch self {
        case .operationDuration, .attemptDuration, .queueWait, .httpDuration: .histogram
        case .operationsAccepted, .operationsEnded, .attempts, .attemptEnds, .commitsRefused, .leasesLost, .snoozed, .reclaimed,
            .storeErrors, .webhookTries, .spansExported, .spansDropped, .httpRequests:
            .counter
        }
    }

    /// Upper bounds of times, in seconds, inclusive.
    package static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600]

    /// The labels that each of its values has.
    package var labels: [String] {
        switch self {
        case .operationsAccepted, .operationDuration: ["type"]
        case .operationsEnded: ["type", "status"]
        case .attempts: ["type", "step", "queue"]
        case .attemptEnds: ["type", "step", "outcome"]
        case .attemptDuration: ["type", "step"]
        case .queueWait, .snoozed, .reclaimed: ["queue"]
        case .commitsRefused: ["reason"]
        case .leasesLost, .spansExported, .spansDropped: []
        case .storeErrors: ["code"]
        case .webhookTries: ["outcome"]
        case .httpRequests: ["method", "route", "status"]
        case .httpDuration: ["route"]
        }
    }

    /// What it says, in one line.
    package var help: String {
        switch self {
        case .operationsAccepted: "Operations accepted by this process."
        case .operationsEnded: "Operations ended by this process."
        case .operationDuration: "Time from the acceptance of an operation to its end."
        case .attempts: "Attempts of steps and undos begun by this process."
        case .attemptEnds: "Attempts committed by this process, by outcome."
        case .attemptDuration: "Time from the start of an attempt to its commit."
        case .queueWait: "Time from the publishing of a message to the start of its attempt."
        case .commitsRefused: "Commits refused because the lease was lost, or because the operation had changed."
        case .leasesLost: "Leases found lost when they were renewed."
        case .snoozed: "Messages snoozed because this process could not run them, or returned unbegun at shutdown."
        case .reclaimed: "Messages taken over from dead or stuck workers."
        case .storeErrors: "Failed calls of the store."
        case .webhookTries: "Tries to deliver a webhook, by result."
        case .spansExported: "Spans accepted by the collector."
        case .spansDropped: "Spans rejected by the collector, or dropped because the buffer was full."
        case .httpRequests: "HTTP requests answered."
        case .httpDuration: "Time from the request header to the response header."
        }
    }
}
