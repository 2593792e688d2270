import Foundation
import Orders
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("A child process")
struct ChildProcessTests {
    @Test("gets its arguments, its environment and no other, and tells how it ended")
    func arguments() async throws {
        try await withFolder { folder in
            let child = try start("echo \"$1 $GREETING ${HOME-none}\"; exit 3", "hello", environment: ["GREETING": "world"], in: folder)
            #expect(await child.ended() == .exited(3))
            #expect(await child.ended() == .exited(3))
            #expect(try output(folder) == "hello world none\n")
        }
    }

    @Test("is ended by SIGTERM, which it finds neither blocked nor ignored")
    func sigterm() async throws {
        try await withFolder { folder in
            signal(SIGTERM, SIG_IGN)
            defer { signal(SIGTERM, SIG_DFL) }
            let child = try start("read line", in: folder)
            child.send(SIGTERM)
            #expect(await child.ended() == .killed(signal: SIGTERM))
            child.send(SIGTERM)
        }
    }

    @Test("leads a process group of its own, so that Ctrl-C does not reach it")
    func group() async throws {
        try await withFolder { folder in
            let child = try start("read line", in: folder)
            #expect(getpgid(child.pid) == child.pid)
            #expect(getpgid(child.pid) != getpgid(0))
            child.send(SIGKILL)
            #expect(await child.ended() == .killed(signal: SIGKILL))
        }
    }

    @Test("has no open files of ours but its three")
    func descriptors() async throws {
        try await withFolder { folder in
            // Not marked close-on-exec, as a library may leave it.
            let stray = open("/dev/null", O_RDONLY)
            defer { close(stray) }
            let child = try start(
                "for f in 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$f ] && echo $f; done; [ -e /proc/$$/fd/$1 ] && echo stray; exit 0",
                "\(stray)",
                in: folder
            )
            #expect(await child.ended() == .exited(0))
            #expect(try output(folder) == "")
        }
    }

    @Test("that cannot be started is told by name")
    func missing() async throws {
        try await withFolder { folder in
            let failure = #expect(throws: OrdersFailure.self) {
                try ChildProcess(
                    executable: URL(filePath: "/nowhere/at-all"),
                    arguments: [],
                    environment: [:],
                    output: folder.appending(path: "out")
                )
            }
            #expect(failure?.description.contains("/nowhere/at-all cannot be started") == true)
        }
    }

    private func start(
        _ script: String,
        _ argument: String = "",
        environment: [String: String] = [:],
        in folder: URL
    ) throws -> ChildProcess {
        try ChildProcess(
            executable: URL(filePath: "/bin/bash"),
            arguments: ["--norc", "-c", script, "script", argument],
            environment: environment,
            output: folder.appending(path: "out")
        )
    }

    private func output(_ folder: URL) throws -> String {
        try String(contentsOf: folder.appending(path: "out"), encoding: .utf8)
    }
}

@Suite("Before the demo starts")
struct StartTests {
    @Test("its folder is for one at a time, and free again afterwards")
    func lock() async throws {
        try await withFolder { folder in
            var first: RunLock? = try RunLock(folder: folder)
            #expect(throws: OrdersFailure.self) { try RunLock(folder: folder) }
            withExtendedLifetime(first) {}
            first = nil
            #expect(throws: Never.self) { try RunLock(folder: folder) }
        }
    }

    @Test("a port that is taken is told, and one that is free is free")
    func ports() async throws {
        try await withFolder { folder in
            try await Town.with(folder: folder) { town in
                let failure = await #expect(throws: OrdersFailure.self) {
                    try await FreePort.wait(for: town.ports.inventory, atMost: .zero)
                }
                #expect(failure?.description.contains("Port \(town.ports.inventory) is taken") == true)
            }
            try await FreePort.wait(for: FreePort.any(), atMost: .zero)
        }
    }
}
