import Glibc
import NIOCore

/// Why the server cannot listen on its address, and the way out.
struct ListenError: Error, CustomStringConvertible {
    let description: String

    /// Nil for an error that says nothing about the address.
    init?(_ error: IOError, host: String, port: Int) {
        let place = "\(host), port \(port)"
        switch error.errnoCode {
        case EADDRINUSE:
            description =
                "\(place) is in use by another process. Stop that one, or choose another with --port or http.port (0: any free one)."
        case EACCES:
            description = "\(place): this user may not listen on a port below 1024. Choose another with --port or http.port."
        case EADDRNOTAVAIL:
            description =
                "\(place): this machine does not have that address. Choose another with --host or http.host (0.0.0.0: all of them)."
        default:
            return nil
        }
    }
}
