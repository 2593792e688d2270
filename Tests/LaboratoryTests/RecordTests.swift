import Laboratory
import Rigging
import Testing

@Suite("Lines of the logs")
struct RecordTests {
    @Test("each kind of line is read as it was written; others are not")
    func lines() {
        #expect(SubmissionRecord(line: "5 accepted op-1 saga") == .init(5, .accepted, "op-1", type: "saga"))
        #expect(SubmissionRecord(line: "5 perhaps op-1 saga") == nil)
        #expect(LedgerRecord(line: "5 repeat 3 op-1 a undo 77") == .init(5, .again, call: 3, "op-1", "a", isUndo: true, epoch: 77))
        #expect(LedgerRecord(line: "5 call 3 op-1 a run") == nil)
        #expect(
            StatusRecord(line: "5 op-1 Failed undone 9 final") == .init(5, "op-1", "Failed", phase: "undone", version: 9, isFinal: true)
        )
        #expect(StatusRecord(line: "5 op-1 Failed undone 9 told")?.wasTold == true)
        #expect(FaultRecord(line: "5 kill worker-1 at once") == .init(5, "kill", "worker-1 at once"))
        #expect(FaultRecord(line: "kill worker-1") == nil)
    }

    @Test("the same seed gives the same numbers")
    func seeds() {
        func draw(_ seed: UInt64) -> [Int] {
            var chance = SeededDraw(seed: seed)
            return (0..<20).map { _ in Int.random(in: 0..<1000, using: &chance) }
        }
        #expect(draw(7) == draw(7))
        #expect(draw(7) != draw(8))
    }
}
