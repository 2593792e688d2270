import Glibc

/// An flock(2) on a folder's lock file. It belongs to the open file, so every child that inherits the descriptor holds it too: the
/// folder stays locked until the last process that may still write to it is gone, however its parent ended.
struct FolderLock: ~Copyable {
    let descriptor: Int32

    init(_ folder: DataFolder, limit: Duration, proceed: () throws(EmbeddedRedisError) -> Void) async throws(EmbeddedRedisError) {
        let opened = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw EmbeddedRedisError(.folderUnusable, "Cannot open the lock file \(folder.lock): \(systemError()).")
        }
        do {
            try await Self.acquire(opened, of: folder, until: ContinuousClock.now + limit, proceed: proceed)
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
    }

    private static func acquire(
        _ descriptor: Int32,
        of folder: DataFolder,
        until deadline: ContinuousClock.Instant,
        proceed: () throws(EmbeddedRedisError) -> Void
    ) async throws(EmbeddedRedisError) {
        // Asked again and again, because a blocking flock would hold a thread of the pool for as long as the other process lives.
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw EmbeddedRedisError(.folderUnusable, "Cannot lock \(folder.lock): \(systemError()).")
            }
            guard ContinuousClock.now < deadline else {
                let holder = folder.recordedProcess().map { " (redis-server, process \($0))" } ?? ""
                throw EmbeddedRedisError(
                    .folderInUse,
                    """
                    Another embedded Redis runs on the folder \(folder.path)\(holder). \
                    Stop the process that started it, or choose another folder.
                    """
                )
            }
            try proceed()
            try await pause(.milliseconds(25))
        }
    }

    deinit { close(descriptor) }
}

/// Sleeps, and turns a cancelled task into the room's own error.
func pause(_ duration: Duration) async throws(EmbeddedRedisError) {
    do {
        try await Task.sleep(for: duration)
    } catch {
        throw EmbeddedRedisError(.stopped, "The start of the embedded Redis was cancelled.")
    }
}
