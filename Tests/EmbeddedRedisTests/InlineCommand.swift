import EmbeddedRedis
import Glibc

/// Sends one inline command over a fresh unix socket and returns the first part of the reply; these tests stand below any Redis client.
func reply(to command: String, at url: String) throws -> String {
    struct Failure: Error { let reason: String }
    guard let descriptor = UnixSocket.connect(to: String(url.dropFirst("unix://".count))) else { throw Failure(reason: "nobody listens") }
    defer { close(descriptor) }
    // Bounds a read that a paused Redis would otherwise hold for ever.
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let request = Array((command + "\r\n").utf8)
    guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
        throw Failure(reason: "send: \(String(cString: strerror(errno)))")
    }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { throw Failure(reason: "recv: \(count)") }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
}

/// Whether a process runs; a zombie that init has not collected does not.
func isRunning(_ process: Int32) -> Bool {
    state(of: process).map { $0 != "Z" && $0 != "X" } ?? false
}

/// The state letter of a process, `nil` if there is none.
func state(of process: Int32) -> Character? {
    let descriptor = open("/proc/\(process)/stat", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = max(0, read(descriptor, &bytes, bytes.count))
    // "1234 (name) S …": the state follows the last parenthesis (proc(5)).
    return String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: ")").last?.first { $0 != " " }
}
