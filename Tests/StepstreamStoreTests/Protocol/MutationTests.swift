import RedisClient
import Testing

@testable import StepstreamStore

#if LABORATORY
@Suite("Faults that can be planted in scripts")
struct MutationTests {
    @Test("each fits its script, in one place")
    func fit() throws {
        #expect(ScriptMutation.all.count > 5)
        for (mutant, mutation) in ScriptMutation.all {
            let script = try #require(Scripts.all.first { $0.name == mutation.script }, "\(mutant)")
            #expect(script.source.split(separator: mutation.text, omittingEmptySubsequences: false).count == 2, "\(mutant)")
        }
    }
}
#endif
