import ArgumentParser
import Foundation
import Laboratory

/// What all commands that run scenarios understand.
struct ScenarioOptions: ParsableArguments {
    @Option(help: "The program to test; a debug build of it has the named places at which it dies.")
    var program = ".build/debug/stepstream"

    @Option(help: "From which all chance comes; the same number gives the same operations and faults. Default: another each time.")
    var seed: UInt64?

    @Option(help: "Where the runs keep their files; those of a run in which something broke stay.")
    var folder = NSTemporaryDirectory() + "stepstream-lab"

    /// The options of the library, with a seed in any case.
    func options() throws -> RunOptions {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw ValidationError("There is no program at \(program). Build it: swift build --product stepstream")
        }
        // A unix socket's path may have 107 bytes.
        guard folder.utf8.count < 70 else { throw ValidationError("The path \(folder) is too long for the socket of Redis; 69 bytes fit.") }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var options = RunOptions(program: URL(fileURLWithPath: program).path, folder: URL(fileURLWithPath: folder).path)
        options.seed = seed ?? UInt64.random(in: 1...999_999)
        return options
    }
}
