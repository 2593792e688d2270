import Stepstream

extension StoreHealth {
    /// What the store holds and has counted, as metrics; docs/metrics.md lists them.
    var metrics: PrometheusText {
        var text = PrometheusText()
        func one(_ value: Int) -> [(labels: PrometheusText.Labels, value: Double)] { [([], Double(value))] }
        func each(_ value: (QueueState) -> Double?) -> [(labels: PrometheusText.Labels, value: Double)] {
            queues.compactMap { queue in value(queue).map { ([("queue", queue.queue.text)], $0) } }
        }
        text.add("stepstream_ready", kind: .gauge, help: "1 when operations can be accepted and worked on.", values: one(isReady ? 1 : 0))
        text.add(
            "stepstream_queue_entries",
            kind: .gauge,
            help: "Messages waiting or in progress.",
            values: each { Double($0.length) }
        )
        text.add(
            "stepstream_queue_pending",
            kind: .gauge,
            help: "Messages claimed and not yet acknowledged.",
            values: each { Double($0.pending) }
        )
        let oldest = each { Double($0.oldestWaiting?.count ?? 0) / 1000 }
        text.add(
            "stepstream_queue_oldest_waiting_seconds",
            kind: .gauge,
            help: "Age of the oldest unclaimed message.",
            values: oldest
        )
        let unmoved = each { queue in queue.unmoved.map { Double($0.count) / 1000 } }
        text.add("stepstream_queue_unmoved_seconds", kind: .gauge, help: "Time since a worker last claimed a message.", values: unmoved)
        guard let counts else { return text }
        text.add("stepstream_operations_live", kind: .gauge, help: "Operations that have not ended.", values: one(counts.live))
        text.add(
            "stepstream_operations_attention",
            kind: .gauge,
            help: "Operations on the attention list: held, undo-failed, or failed.",
            values: one(counts.attention)
        )
        text.add(
            "stepstream_timers",
            kind: .gauge,
            help: "Messages scheduled for later, and deadlines of operations.",
            values: one(counts.timers)
        )
        let results = counts.reconciler.sorted { $0.key < $1.key }.map { (labels: [("result", $0.key)], value: Double($0.value)) }
        text.add("stepstream_reconciler_total", kind: .counter, help: "What the reconciler found and did.", values: results)
        return text
    }
}
