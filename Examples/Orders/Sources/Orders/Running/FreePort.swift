#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether ports of the loopback address can be listened on.
package enum FreePort {
    /// Waits until the port is free: what a killed run left behind needs a moment to notice and end.
    /// - Throws: `OrdersFailure` when it is still taken after the time.
    package static func wait(for port: Int, atMost time: Duration) async throws {
        let deadline = ContinuousClock.now + time
        while try bound(to: port) == nil {
            guard ContinuousClock.now < deadline else {
                throw OrdersFailure(
                    "Port \(port) is taken by another program (`ss -ltnp` tells which). End it, or name another port with --port."
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
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw OrdersFailure("No socket could be made: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return try withUnsafeMutablePointer(to: &address) { pointer -> Int? in
            let isBound = try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(descriptor, generic, size) == 0 else {
                    if errno == EADDRINUSE { return false }
                    throw OrdersFailure("Port \(port): \(String(cString: strerror(errno)))")
                }
                getsockname(descriptor, generic, &size)
                return true
            }
            return !isBound ? nil : Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
    }
}
