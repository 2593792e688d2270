import Foundation
import Glibc

/// A program that is measured from outside, ended by its process ID.
final class Child: Sendable {
    private let process: Process
    let port: Int

    /// Starts `program`, which will listen on `port`; with 0 it says which port it took, as `port <number>`, and that is waited for.
    init(_ program: String, _ arguments: [String], environment: [String: String], port: Int) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = environment
        let output = Pipe()
        if port == 0 { process.standardOutput = output }
        try process.run()
        self.process = process
        if port != 0 {
            self.port = port
        } else {
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            guard line.hasPrefix("port "), let number = Int(line.dropFirst(5).prefix { $0.isNumber }) else {
                process.terminate()
                throw Wrong("\(program) said \(line) instead of its port.")
            }
            self.port = number
        }
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// CPU so far in microseconds, from proc(5): fields 14 and 15 of `stat`, in clock ticks.
    func cpu() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { throw Wrong("stat has no times.") }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))) * 1e6
    }

    /// Resident memory in bytes.
    func residentBytes() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Waits until something listens on the port.
    func waitUntilReady() async throws {
        for _ in 0..<500 {
            guard process.isRunning else { throw Wrong("\(process.executableURL?.path ?? "The program") ended at once.") }
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
