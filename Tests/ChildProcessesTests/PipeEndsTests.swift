import ChildProcesses
import Glibc
import Testing

@Suite("The ends of a pipe")
struct PipeEndsTests {
    @Test("say what is there, that nothing is there yet, and that nothing will be")
    func reading() throws {
        var pipe = try PipeEnds()
        try PipeEnds.doNotBlock(pipe.reading)
        #expect(bytes(pipe.read()) == nil)
        #expect(write(pipe.writing, "ab", 2) == 2)
        #expect(bytes(pipe.read()) == [97, 98])
        #expect(bytes(pipe.read()) == nil)
        pipe.closeWriting()
        // A child that is being started elsewhere has the writing end for a moment.
        while bytes(pipe.read()) == nil { usleep(1000) }
        #expect(bytes(pipe.read()) == [])
    }

    /// None for the end, nil for nothing yet.
    private func bytes(_ received: PipeEnds.Received) -> [UInt8]? {
        switch received {
        case .bytes(let bytes): bytes
        case .nothingYet: nil
        case .end: []
        }
    }
}
