package import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps two demos out of one folder. The system drops the lock with the process, however it ended, so no leftover blocks the next.
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `OrdersFailure` when another process holds it.
    package init(folder: URL) throws {
        let path = folder.appending(path: "run.lock").path(percentEncoded: false)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw OrdersFailure("\(path): \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw OrdersFailure(
                "Another `orders run` uses \(folder.path(percentEncoded: false)). End it, or name another folder with --folder."
            )
        }
    }

    deinit {
        close(descriptor)
    }
}
