import Glibc

/// Finds the program to run, as a shell would.
enum Executable {
    static func find(_ name: String) throws(EmbeddedRedisError) -> String {
        if name.contains("/") {
            if isExecutable(name), let path = realpath(name, nil) {
                defer { free(path) }
                return String(cString: path)
            }
            throw EmbeddedRedisError(.executableMissing, "There is no executable file at \(name). \(advice)")
        }
        for folder in searchPath.split(separator: ":") where isExecutable("\(folder)/\(name)") {
            return "\(folder)/\(name)"
        }
        throw EmbeddedRedisError(.executableMissing, "\(name) is not in PATH (\(searchPath)). \(advice)")
    }

    static let searchPath = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"

    private static let advice = """
        Install Redis 7.0 or newer (Debian, Ubuntu: `sudo apt-get install redis-server`; Fedora: `sudo dnf install redis`), \
        or use a Redis that runs elsewhere.
        """

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
