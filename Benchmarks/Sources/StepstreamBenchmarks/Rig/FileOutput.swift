import Glibc

/// Writes whole texts at once, without a buffer in between.
enum FileOutput: Int32 {
    case standard = 1
    case error = 2

    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            // Nobody reads any more: then nobody misses it.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
