/// Why an embedded Redis could not be started.
package struct EmbeddedRedisError: Error, CustomStringConvertible {
    /// The kind of failure; open, so that a later version can add one.
    package struct Code: Hashable, Sendable {
        let name: String

        /// There is no redis-server to run.
        package static let executableMissing = Code(name: "executableMissing")
        /// The folder cannot be created, opened or locked.
        package static let folderUnusable = Code(name: "folderUnusable")
        /// Another process runs a Redis on the folder.
        package static let folderInUse = Code(name: "folderInUse")
        /// The child process could not be made.
        package static let spawnFailed = Code(name: "spawnFailed")
        /// Redis ended, or did not answer in time, before it was ready.
        package static let startFailed = Code(name: "startFailed")
        /// ``EmbeddedRedis/stop()`` or a shutdown came first.
        package static let stopped = Code(name: "stopped")
    }

    package let code: Code
    package let message: String
    package let file: String
    package let line: Int

    init(_ code: Code, _ message: String, file: String = #fileID, line: Int = #line) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }

    package var description: String { "\(message) (\(code.name), \(file):\(line))" }
}
