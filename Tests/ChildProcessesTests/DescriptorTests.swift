import ChildProcesses
import Foundation
import Glibc
import Testing

@Suite("A program's descriptors")
struct DescriptorTests {
    @Test("are those that it was given and no other")
    func stray() throws {
        // Not marked close-on-exec, as a library may leave it.
        let stray = open("/dev/null", O_RDONLY)
        defer { close(stray) }
        let script = "for f in 3 4 5 6 7 8 9 $1; do [ -e /proc/$$/fd/$f ] && echo $f; done; exit 0"
        #expect(try ChildCommand.shell(script, "\(stray)").text() == "")
    }

    @Test("lead to /dev/null unless something else is given")
    func null() throws {
        #expect(try ChildCommand.shell("readlink /proc/$$/fd/0; readlink /proc/$$/fd/2").text() == "/dev/null\n/dev/null\n")
    }

    @Test("may be any number of them, given in any order")
    func swapped() throws {
        var (first, second) = (try line("first"), try line("second"))
        // Whatever the numbers here are, one of the two orders would overwrite a descriptor that is still needed.
        for swaps in [false, true] {
            if swaps { (first, second) = (try line("second"), try line("first")) }
            defer { for descriptor in [first, second] { close(descriptor) } }
            let command = ChildCommand.shell(
                "read a <&3; read b <&4; echo $a $b",
                descriptors: [.null, .null, .null, .descriptor(first), .descriptor(second)]
            )
            #expect(try command.text() == (swaps ? "second first\n" : "first second\n"))
        }
    }

    @Test("may lead to the end of a file, and two of them to the same")
    func file() throws {
        let path = "/tmp/child-processes-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        defer { unlink(path) }
        for word in ["one", "two"] {
            let command = ChildCommand.shell(
                "echo $1; echo $1 >&2",
                word,
                descriptors: [.null, .append(to: path, permissions: 0o640), .same(as: 1)]
            )
            #expect(try command.start().reap() == .exited(0))
        }
        #expect(try ChildCommand("cat", arguments: [path]).text() == "one\none\ntwo\ntwo\n")
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    @Test("A file that cannot be opened is named")
    func unopened() {
        let command = ChildCommand("true", descriptors: [.null, .append(to: "/nowhere/log"), .null])
        let error = #expect(throws: SystemError.self) { try command.start() }
        #expect(error?.subject == "/nowhere/log")
    }

    @Test("All that it writes is captured, more than a pipe holds")
    func captured() throws {
        let (end, output) = try ChildCommand.shell("head -c 300000 /dev/zero; exit 7").output()
        #expect(end == .exited(7))
        #expect(output == [UInt8](repeating: 0, count: 300_000))
    }

    @Test("Starting programs leaves no descriptor open here")
    func residue() async {
        await #expect(processExitsWith: .success) {
            _ = try ChildCommand("true").output()
            let before = try openDescriptors()
            for _ in 0..<3 {
                _ = try ChildCommand("true").output()
                _ = try? ChildCommand("/nowhere/at-all").output()
                try ChildProcess(ChildCommand("true", descriptors: [.null, .inherited, .same(as: 1)])).waitUntilEnded()
            }
            #expect(try openDescriptors() == before)
        }
    }

    /// The reading end of a pipe that holds one line.
    private func line(_ word: String) throws -> Int32 {
        var pipe = try PipeEnds()
        let text = word + "\n"
        #expect(write(pipe.writing, text, text.utf8.count) == text.utf8.count)
        return pipe.takeReading()
    }
}

/// What the descriptors of this process lead to, but for the timers and event loops of the system's libraries.
private func openDescriptors() throws -> [String] {
    let folder = "/proc/self/fd"
    return try FileManager.default.contentsOfDirectory(atPath: folder)
        // One of them is the listing's own and closed by now.
        .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        .filter { !$0.hasPrefix("anon_inode:") }
        .sorted()
}
