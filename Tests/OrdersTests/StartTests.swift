import Foundation
import Orders
import Testing

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

    @Test("A program that cannot be started is named")
    func missing() async throws {
        try await withFolder { folder in
            let process = StepstreamProcess(
                executable: URL(filePath: "/nowhere/at-all"),
                arguments: [],
                log: folder.appending(path: "out"),
                environment: { [:] }
            )
            let failure = await #expect(throws: OrdersFailure.self) { try await process.run() }
            #expect(failure?.description.contains("/nowhere/at-all cannot be started") == true)
        }
    }
}
