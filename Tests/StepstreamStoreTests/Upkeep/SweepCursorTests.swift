import Testing

@testable import StepstreamStore

@Suite("Cursor of a sweep")
struct SweepCursorTests {
    @Test("begins with the first, and stands at the last score behind what stays of it")
    func advances() {
        var cursor = SweepCursor()
        #expect(cursor.score == "-inf" && cursor.passed == 0)
        cursor.advance(over: ["3", "4", "5", "5", "5"], kept: [0, 2, 4])
        #expect(cursor.score == "5" && cursor.passed == 2)
    }

    @Test("counts on while all entries are of one time, and anew behind it")
    func oneTime() {
        var cursor = SweepCursor()
        cursor.advance(over: ["5", "5"], kept: [0, 1])
        cursor.advance(over: ["5", "5"], kept: [1])
        #expect(cursor.score == "5" && cursor.passed == 3)
        cursor.advance(over: ["5", "6"], kept: [0])
        #expect(cursor.score == "6" && cursor.passed == 0)
    }

    @Test("stays where it is without entries")
    func empty() {
        var cursor = SweepCursor()
        cursor.advance(over: ["7"], kept: [0])
        let before = cursor
        cursor.advance(over: [], kept: [])
        #expect(cursor == before)
    }
}
