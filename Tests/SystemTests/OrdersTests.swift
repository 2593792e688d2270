import ChildProcesses
import StepstreamTesting
import Testing

@Suite("The orders example", .timeLimit(.minutes(5)))
struct OrdersTests {
    @Test("830 orders add up although Stepstream, its worker and its Redis are killed five times on the way")
    func chaos() async throws {
        try await Installation.with { installation in
            let root = "\(#filePath)".split(separator: "/Tests/SystemTests/")[0]
            let options = "--port 0 --inventory-port 0 --payments-port 0 --shipping-port 0"
            let run = "orders run --once --strict --chaos --seed 4 \(options) --folder \(installation.folder)/var"
            let result = try await installation.shell("cd \(root) && \(run)")
            #expect(result.end == .exited(0), "\(result.output) \(result.errors)")
            #expect(result.errors.contains("killed Stepstream, its worker and its Redis (1 of 5)"))
            // Which of two orders gets the last piece depends on when the kills come.
            let sums = try #require(result.output.firstMatch(of: /830 orders submitted, (\d+) succeeded, (\d+) did not/))
            let (succeeded, others) = (Int(sums.1) ?? 0, Int(sums.2) ?? 0)
            #expect(succeeded + others == 830 && (60...140).contains(succeeded))
            #expect(result.output.contains("All totals hold."))
            #expect(!result.output.contains("✗"))
        }
    }
}
