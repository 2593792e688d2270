import FoundationEssentials
import Glibc

/// Folders for the servers of one test process.
enum TemporaryFolder {
    /// The folder cannot be made.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func make() throws -> String {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/stepstream-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(description: "Cannot make a folder under \(base) for redis-server: \(String(cString: strerror(errno))).")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a folder and what is in it; a test that fails before leaves its folder to be looked at.
    static func remove(_ path: String) {
        // Gone already is as good: the watcher removes a folder whose process went first.
        _ = try? FileManager.default.removeItem(atPath: path)
    }
}
