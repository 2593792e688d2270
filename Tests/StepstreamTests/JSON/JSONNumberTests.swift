@testable import Stepstream
@testable import StepstreamJSON
import Rigging
import Testing

@Suite("JSON numbers without rounding")
struct JSONNumberTests {
    @Test(
        "equal by value, not by spelling",
        arguments: [("1", "1.0"), ("1", "10e-1"), ("0", "-0"), ("0", "0e9"), ("100", "1e2"), ("0.001", "1e-3"), ("-12.50", "-125e-1")]
    )
    func equal(left: String, right: String) {
        #expect(JSONNumber(left) == JSONNumber(right))
        #expect(!(JSONNumber(left) < JSONNumber(right)))
    }

    @Test(
        "ordered exactly",
        arguments: [
            ("-2", "-1"), ("-1", "0"), ("0", "0.0001"), ("1", "1.0000000000000000000000001"), ("9007199254740992", "9007199254740993"),
            ("9", "10"), ("0.09", "0.1"),
            ("-10", "-9"), ("1e308", "1e309"), ("99999999999999999999", "100000000000000000000"), ("-0.1", "-0.09"), ("12", "123"),
            ("0.00123", "0.0123"),
        ]
    )
    func ordered(left: String, right: String) {
        #expect(JSONNumber(left) < JSONNumber(right))
        #expect(JSONNumber(right) > JSONNumber(left))
        #expect(JSONNumber(left) != JSONNumber(right))
    }

    @Test("agrees with Int64 on random whole numbers", arguments: UInt64(1)...10)
    func differential(seed: UInt64) {
        var draw = SeededDraw(seed: seed)
        for _ in 0..<500 {
            let limit: Int64 = draw.one(of: [20, 10_000, .max])
            let (left, right) = (Int64.random(in: -limit...limit, using: &draw), Int64.random(in: -limit...limit, using: &draw))
            let (first, second) = (JSONNumber(String(left)), JSONNumber(String(right)))
            #expect((first < second) == (left < right))
            #expect((first == second) == (left == right))
            #expect(first.int64 == left)
            let divisor = Int64.random(in: 1...1000, using: &draw)
            #expect(first.isMultiple(of: JSONNumber(String(divisor))) == left.isMultiple(of: divisor))
        }
    }

    @Test(
        "knows multiples of fractions",
        arguments: [
            ("0.3", "0.1", true), ("0.35", "0.1", false), ("19.99", "0.01", true), ("1e100", "7", false), ("7e100", "7", true),
            ("0", "3", true), ("4.5", "1.5", true),
            ("1e300", "1e-300", true), ("1e-300", "1", false), ("1e999", "0.5", true),
        ]
    )
    func multiples(number: String, divisor: String, isMultiple: Bool) {
        #expect(JSONNumber(number).isMultiple(of: JSONNumber(divisor)) == isMultiple)
    }
}
