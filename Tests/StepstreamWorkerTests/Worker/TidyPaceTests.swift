import Testing

@testable import StepstreamWorker

@Suite("The pace of tidying")
struct TidyPaceTests {
    @Test("while nothing is found, pauses grow up to the longest")
    func idle() {
        var pace = TidyPace(longest: .seconds(10))
        var pauses: [Duration] = []
        for _ in 1...6 {
            pauses.append(pace.pause)
            pace.removed(0)
        }
        #expect(pauses == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
    }

    @Test("at any rate what is left behind stays between a quarter of a lot and two lots, or a second's", arguments: [1, 10, 100, 5000])
    func steady(rate: Int) {
        var pace = TidyPace(longest: .seconds(600))
        for _ in 1...40 { pace.removed(Int(pace.pause / .seconds(1) * Double(rate))) }
        let left = Int(pace.pause / .seconds(1) * Double(rate))
        #expect(left <= max(2 * TidyPace.lot, rate))
        #expect(left >= TidyPace.lot / 4)
    }

    @Test("an interval below a second is kept to")
    func short() {
        var pace = TidyPace(longest: .milliseconds(100))
        pace.removed(100_000)
        #expect(pace.pause == .milliseconds(100))
    }
}
