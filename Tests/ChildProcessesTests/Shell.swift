import ChildProcesses

extension ChildCommand {
    /// A shell that runs `script`.
    static func shell(
        _ script: String,
        _ arguments: String...,
        environment: [String: String] = [:],
        descriptors: [Source] = [.null, .null, .null]
    ) -> ChildCommand {
        ChildCommand(
            "/bin/bash",
            arguments: ["--norc", "-c", script, "script"] + arguments,
            environment: environment,
            descriptors: descriptors
        )
    }

    /// What it writes to standard output.
    func text() throws -> String { String(decoding: try output().output, as: UTF8.self) }
}
