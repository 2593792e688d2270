import RedisClient
import Stepstream

extension RedisClient {
    /// What this client has done, in the text format of Prometheus.
    var metrics: String {
        let statistics = statistics
        var text = PrometheusText()
        func add(_ name: String, help: String, count: Int) {
            text.add("stepstream_redis_\(name)_total", kind: .counter, help: help, values: [([], Double(count))])
        }
        add(
            "commands",
            help: "Commands sent to Redis, reads and subscriptions included; those inside scripts are not counted.",
            count: statistics.commands
        )
        add("writes", help: "Writes to sockets of Redis: round trips, many commands in each.", count: statistics.writes)
        add("sent_bytes", help: "Bytes sent to Redis.", count: statistics.bytesOut)
        add("received_bytes", help: "Bytes received from Redis.", count: statistics.bytesIn)
        add("reconnects", help: "Connections for commands made after the first.", count: statistics.reconnects)
        return text.text
    }
}
