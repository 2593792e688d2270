import ChildProcesses

/// A program of others that measures.
enum Tool {
    /// What `program` prints; it must end with 0. `advice` says where it comes from, for those who lack it.
    static func output(of program: String, arguments: [String], advice: String) throws -> String {
        let command = ChildCommand(
            program,
            arguments: arguments,
            environment: ChildCommand.inheritedEnvironment,
            group: .shared,
            descriptors: [.inherited, .null, .inherited]
        )
        let ran: (end: ChildEnd, output: [UInt8])
        do {
            ran = try command.output()
        } catch {
            throw Wrong("\(error). \(advice)")
        }
        let text = String(decoding: ran.output, as: UTF8.self)
        guard ran.end == .exited(0) else { throw Wrong("\(program) ended with \(ran.end): \(text.suffix(300))") }
        return text
    }
}
