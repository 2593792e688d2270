import RedisClient

/// The shapes of the transitions of one script call: each is sent, read and prepared once, however many operations of the call share it.
struct ShapeList {
    private var shapes = RedisArguments()
    private var numbers: [RedisArguments: Int] = [:]
    private var last: (shape: RedisArguments, number: Int)?

    /// Adds a shape, or finds it, and returns its number.
    mutating func number(of shape: RedisArguments) -> Int {
        // Those of one queue mostly follow each other.
        if let last, last.shape == shape { return last.number }
        let number = numbers[shape] ?? numbers.count + 1
        if numbers.updateValue(number, forKey: shape) == nil { shapes.append(contentsOf: shape) }
        last = (shape, number)
        return number
    }

    /// As prelude.lua's `take_shapes` reads them.
    func encode(into arguments: inout RedisArguments) {
        arguments.append(numbers.count)
        arguments.append(contentsOf: shapes)
    }
}
