extension EmbeddedRedis {
    /// Where the embedded Redis keeps its data, how it is started and how long each of its phases may take.
    package struct Configuration: Sendable {
        /// The folder of the append-only file, the lock, the log and (when its path is short enough) the socket. Created if missing.
        package var folder: String
        /// Added to the command line after our own settings, so they win; for example `["--maxmemory", "64mb"]`.
        package var extraArguments: [String]
        /// A path, or a name that is looked up in `PATH`.
        package var executable: String
        /// The name of a file in `folder` by which it runs as a sentinel, which rewrites that file; nil: as a server.
        package var sentinelFile: String?
        /// Removes the folder once this process is gone without ``EmbeddedRedis/stop()``; for tests.
        package var isTemporary = false
        /// How long another process may hold the folder before ``EmbeddedRedis/start()`` gives up. It is above `stopLimit`, so that
        /// a Redis whose parent was just killed is waited for.
        package var lockLimit: Duration = .seconds(12)
        /// How long Redis may take from its start to its first answer.
        package var startLimit: Duration = .seconds(15)
        /// How long Redis may take to load its data once it answers `LOADING`.
        package var loadLimit: Duration = .seconds(600)
        /// Seconds between SIGTERM, on which Redis flushes its append-only file, and SIGKILL.
        package var stopLimit: Int = 8

        package init(folder: String = "./var/redis", extraArguments: [String] = [], executable: String = "redis-server") {
            self.folder = folder
            self.extraArguments = extraArguments
            self.executable = executable
        }
    }
}

extension EmbeddedRedis.Configuration {
    /// The settings this product rests on; config/redis.conf gives the same ones, with reasons, to a Redis that is run elsewhere.
    func arguments(socket: String) -> [String] {
        if let sentinelFile {
            return [sentinelFile, "--sentinel", "--unixsocket", socket, "--unixsocketperm", "700", "--daemonize", "no"] + extraArguments
        }
        return [
            "--port", "0",
            "--unixsocket", socket,
            "--unixsocketperm", "700",
            "--dir", ".",
            "--pidfile", "redis.pid",
            "--daemonize", "no",
            "--appendonly", "yes",
            "--appendfsync", "everysec",
            "--aof-load-truncated", "yes",
            "--auto-aof-rewrite-min-size", "256mb",
            "--save", "",
            "--maxmemory-policy", "noeviction",
            "--hash-max-listpack-value", "4096",
            "--hash-max-listpack-entries", "512",
            "--stream-node-max-entries", "16",
        ] + extraArguments
    }
}
