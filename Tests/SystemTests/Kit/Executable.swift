import Foundation
import Testing

/// The programs under test: the very files that `swift build` made.
enum Executable {
    /// There is no such program.
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// `stepstream`, which is built beside the test bundle.
    static func stepstream() throws -> String {
        // The symbolic link of proc(5) leads to the bundle on Linux, whoever started it and from where.
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let candidates = [URL(filePath: bundle).deletingLastPathComponent(), Bundle.main.bundleURL.deletingLastPathComponent()]
        for folder in candidates {
            let path = folder.appending(path: "stepstream").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw Missing(description: "There is no program \"stepstream\" beside \(bundle). Run `swift build --build-tests`.")
    }
}
