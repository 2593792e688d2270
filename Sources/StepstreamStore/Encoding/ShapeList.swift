import RedisClient
import Stepstream

/// The shapes of the transitions of one script call: each is sent, read and prepared once, however many operations of the call share it.
struct ShapeList {
    private var shapes = RedisArguments()
    private var numbers: [RedisArguments: Int] = [:]
    private var last: (pattern: ShapePattern, number: Int)?

    /// The number of the shape of `transition`, if it is that of the last one: those of one queue mostly follow each other.
    func number(of transition: Transition, _ operation: Operation, for purpose: ShapePattern.Purpose, hasRest: Bool) -> Int? {
        guard last?.pattern.makesShape(of: transition, operation, for: purpose, hasRest: hasRest) == true else { return nil }
        return last?.number
    }

    /// Adds a shape that was made from `pattern`, or finds it, and returns its number.
    mutating func number(of shape: RedisArguments, made pattern: ShapePattern) -> Int {
        let number = numbers[shape] ?? numbers.count + 1
        if numbers.updateValue(number, forKey: shape) == nil { shapes.append(contentsOf: shape) }
        last = (pattern, number)
        return number
    }

    /// As shapes.lua's `take_shapes` reads them.
    func encode(into arguments: inout RedisArguments) {
        arguments.append(numbers.count)
        arguments.append(contentsOf: shapes)
    }
}
