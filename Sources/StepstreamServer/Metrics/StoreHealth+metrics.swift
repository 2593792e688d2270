import Stepstream

extension StoreHealth {
    /// What the store holds and has counted, as metrics; docs/metrics.md lists them.
    var metrics: PrometheusText {
        var text = PrometheusText()
        func one(_ value: Int) -> [(labels: [(String, String)], value: Double)] { [([], Double(value))] }
        func each(_ value: (QueueState) -> Double?) -> [(labels: [(String, String)], value: Double)] {
            queues.compactMap { queue in value(queue).map { ([("queue", queue.queue.text)], $0) } }
        }
        text.add("stepstream_ready", .gauge, "1 when operations can be accepted and worked on.", one(isReady ? 1 : 0))
        text.add("stepstream_queue_entries", .gauge, "Messages that wait or are being worked on.", each { Double($0.length) })
        text.add("stepstream_queue_pending", .gauge, "Messages that a worker has claimed.", each { Double($0.pending) })
        let oldest = each { Double($0.oldestWaiting?.count ?? 0) / 1000 }
        text.add("stepstream_queue_oldest_waiting_seconds", .gauge, "Age of the oldest message that nobody has claimed.", oldest)
        let unmoved = each { queue in queue.unmoved.map { Double($0.count) / 1000 } }
        text.add("stepstream_queue_unmoved_seconds", .gauge, "Since when no worker has taken anything.", unmoved)
        guard let counts else { return text }
        text.add("stepstream_operations_live", .gauge, "Operations that have not ended.", one(counts.live))
        text.add("stepstream_operations_attention", .gauge, "Operations that need a person.", one(counts.attention))
        text.add("stepstream_timers", .gauge, "Messages that wait for their time, and ends of total times.", one(counts.timers))
        let results = counts.reconciler.sorted { $0.key < $1.key }.map { (labels: [("result", $0.key)], value: Double($0.value)) }
        text.add("stepstream_reconciler_total", .counter, "What the reconciler found and did.", results)
        return text
    }
}
