import Glibc

extension ChildCommand {
    /// Runs the program to its end, which blocks the thread.
    ///
    /// - Returns: How it ended, and all that it wrote to standard output.
    package func output() throws(SystemError) -> (end: ChildEnd, output: [UInt8]) {
        var pipe = try PipeEnds()
        var command = self
        command.descriptors[Int(STDOUT_FILENO)] = .descriptor(pipe.writing)
        let child = try command.start()
        pipe.closeWriting()
        var output: [UInt8] = []
        reading: while true {
            switch pipe.read() {
            case .bytes(let bytes): output += bytes
            case .nothingYet: continue
            case .end: break reading
            }
        }
        return (child.reap(), output)
    }
}
