import RedisClient

extension RedisClient {
    /// What this client has done, in the text format of Prometheus.
    var metrics: String {
        let statistics = statistics
        let rows: [(String, String, Int)] = [
            (
                "commands", "Commands sent to Redis, reads and subscriptions included; those inside scripts are not counted.",
                statistics.commands
            ),
            ("writes", "Writes to sockets of Redis: round trips, many commands in each.", statistics.writes),
            ("sent_bytes", "Bytes sent to Redis.", statistics.bytesOut),
            ("received_bytes", "Bytes received from Redis.", statistics.bytesIn),
            ("reconnects", "Connections for commands made after the first.", statistics.reconnects),
        ]
        return rows.map { name, help, value in
            let name = "stepstream_redis_\(name)_total"
            return "# HELP \(name) \(help)\n# TYPE \(name) counter\n\(name) \(value)\n"
        }.joined()
    }
}
