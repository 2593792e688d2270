import ChildProcesses
import Foundation
import Glibc

/// A program that is measured from outside, ended by its process ID.
final class MeasuredProgram: Sendable {
    private let program: String
    private let process: ChildProcess
    let port: Int

    /// Starts `program`, which will listen on `port`; with 0 it says which port it took, as `port <number>`, and that is waited for.
    init(_ program: String, _ arguments: [String], environment: [String: String], port: Int) throws {
        self.program = program
        var output = try PipeEnds()
        let command = ChildCommand(
            program,
            arguments: arguments,
            environment: environment,
            group: .shared,
            descriptors: [.inherited, port == 0 ? .descriptor(output.writing) : .inherited, .inherited]
        )
        process = try ChildProcess(command)
        output.closeWriting()
        if port != 0 {
            self.port = port
        } else {
            let line = if case .bytes(let bytes) = output.read() { String(decoding: bytes, as: UTF8.self) } else { "nothing" }
            guard line.hasPrefix("port "), let number = Int(line.dropFirst(5).prefix { $0.isNumber }) else {
                process.send(SIGTERM)
                throw Wrong("\(program) said \(line) instead of its port.")
            }
            self.port = number
        }
    }

    func stop() {
        process.send(SIGTERM)
        process.waitUntilEnded()
    }

    /// CPU so far in microseconds, from proc(5): fields 14 and 15 of `stat`, in clock ticks.
    func cpu() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process.pid)/stat", encoding: .utf8)
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { throw Wrong("stat has no times.") }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))) * 1e6
    }

    /// Resident memory in bytes.
    func residentBytes() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process.pid)/statm", encoding: .utf8)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Waits until something listens on the port.
    func waitUntilReady() async throws {
        for _ in 0..<500 {
            guard process.end == nil else { throw Wrong("\(program) ended at once.") }
            if Self.answers(on: port) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Wrong("Nothing answers on port \(port).")
    }

    private static func answers(on port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port: port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return address
    }
}
