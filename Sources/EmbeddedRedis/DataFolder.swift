import Glibc

/// The folder one Redis lives in, made and resolved to its real path.
struct DataFolder: Sendable {
    let path: String

    var log: String { path + "/redis.log" }
    var lock: String { path + "/lock" }
    var processFile: String { path + "/redis.pid" }

    /// Past this size a start moves the log aside, so that two files of it are the bound.
    static let logLimit = 1 << 20

    init(creating path: String) throws(EmbeddedRedisError) {
        try Self.create(path)
        guard let resolved = realpath(path, nil) else {
            throw EmbeddedRedisError(.folderUnusable, "Cannot resolve the folder \(path) for the embedded Redis: \(systemError()).")
        }
        defer { free(resolved) }
        self.path = String(cString: resolved)
        guard access(self.path, R_OK | W_OK | X_OK) == 0 else {
            let user = getuid()
            throw EmbeddedRedisError(
                .folderUnusable,
                "The folder \(self.path) for the embedded Redis must be readable and writable by user \(user): \(systemError())."
            )
        }
    }

    private static func create(_ path: String) throws(EmbeddedRedisError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/" + part
            // 0700: the append-only file holds every input and result in clear text.
            if mkdir(made, 0o700) == 0 || errno == EEXIST { continue }
            throw EmbeddedRedisError(.folderUnusable, "Cannot create the folder \(made) for the embedded Redis: \(systemError()).")
        }
    }

    /// Keeps the log bounded; called with the folder's lock held.
    func rotateLog() {
        var status = stat()
        guard stat(log, &status) == 0, status.st_size > Self.logLimit else { return }
        rename(log, log + ".1")
    }

    /// The last lines of Redis's own log, for an error message.
    func logTail(bytes limit: Int = 2_000) -> String {
        let descriptor = open(log, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        lseek(descriptor, max(0, size - limit), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = read(descriptor, &bytes, limit)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// The process that a running Redis recorded, for the message about a folder in use.
    func recordedProcess() -> String? {
        let descriptor = open(processFile, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = read(descriptor, &bytes, bytes.count)
        let digits = String(decoding: bytes.prefix(max(0, count)).filter { (48...57).contains($0) }, as: UTF8.self)
        return digits.isEmpty ? nil : digits
    }
}
