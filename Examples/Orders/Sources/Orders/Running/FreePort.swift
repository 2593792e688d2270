import Glibc
import Rigging

/// Whether ports of the loopback address can be listened on.
package enum FreePort {
    /// Waits until the port is free: what a killed run left behind needs a moment to notice and end.
    /// - Throws: `OrdersFailure` when it is still taken after the time.
    package static func wait(for port: Int, atMost time: Duration) async throws {
        let deadline = ContinuousClock.now + time
        while try bound(to: port) == nil {
            guard ContinuousClock.now < deadline else {
                throw OrdersFailure(
                    "Port \(port) is taken by another program (`ss -ltnp` shows which). End it, or name another port with --port."
                )
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// A port that was free a moment ago.
    package static func any() throws -> Int {
        guard let port = try bound(to: 0) else { throw OrdersFailure("There is no free port.") }
        return port
    }

    /// Binds for a moment. Nil when the port is taken.
    private static func bound(to port: Int) throws -> Int? {
        guard let number = UInt16(exactly: port) else { throw OrdersFailure("\(port) is no port: it must be between 0 and 65535.") }
        do throws(BoundPort.Failure) {
            return try BoundPort(number).number
        } catch {
            if error.code == EADDRINUSE { return nil }
            throw OrdersFailure("Port \(port): \(error)")
        }
    }
}
