import Glibc

/// A TCP port of 127.0.0.1 that takes no connection and that nobody else gets meanwhile: bound, but not listened to.
package final class BoundPort: Sendable {
    /// Why a port could not be bound.
    package struct Failure: Error, CustomStringConvertible {
        /// The system's number of the error.
        package let code: CInt

        /// The system's words for it.
        package var description: String { String(cString: strerror(code)) }
    }

    /// Its number.
    package let number: Int
    private let descriptor: CInt

    /// Binds a port until it is dropped; 0: one that is free.
    package init(_ wanted: UInt16 = 0) throws(Failure) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        if wanted != 0 {
            // Connections that have just ended do not count. Of port 0 this would make one that another may have too.
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else {
            let failure = Failure(code: errno)
            close(descriptor)
            throw failure
        }
        self.descriptor = descriptor
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// A port that was free a moment ago. Another process may take it before the caller does, which is rare: the system goes round all
    /// ports first.
    package static func free() throws(Failure) -> Int { try BoundPort().number }
}
