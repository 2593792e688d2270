/// A regular expression of the kind ECMA-262 and JSON Schema use, matched in time proportional to text × pattern.
///
/// Input comes from strangers, so there is no backtracking (Ken Thompson, "Regular Expression Search Algorithm", CACM 11(6), 1968): all
/// states are advanced together, one Unicode scalar at a time. That leaves out backreferences and look-around; they are faults.
struct Pattern: Sendable {
    /// Why a pattern cannot be used.
    struct Fault: Error {
        /// The offset in Unicode scalars.
        var offset: Int
        var words: String
        var allowed: String
    }

    enum Instruction: Sendable {
        case set(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case boundary(Bool)
        case match
    }

    /// The most instructions; counted repeats are written out, so `{1000}` of ten characters is too much.
    static let maximumSize = 2000

    let text: String
    let program: [Instruction]

    init(_ text: String) throws(Fault) {
        self.text = text
        var parser = PatternParser(text)
        let expression = try parser.whole()
        var program: [Instruction] = []
        try Pattern.emit(expression, into: &program)
        program.append(.match)
        self.program = program
    }

    private static func append(_ instruction: Instruction, to program: inout [Instruction]) throws(Fault) {
        guard program.count < maximumSize else {
            throw Fault(offset: 0, words: "it is too large", allowed: "use smaller counts in { }, at most \(maximumSize) states in all")
        }
        program.append(instruction)
    }

    private static func emit(_ expression: PatternParser.Expression, into program: inout [Instruction]) throws(Fault) {
        switch expression {
        case .set(let set): try append(.set(set), to: &program)
        case .assertion(let instruction): try append(instruction, to: &program)
        case .sequence(let parts): for part in parts { try emit(part, into: &program) }
        case .choice(let left, let right):
            let split = program.count
            try append(.split(split + 1, 0), to: &program)
            try emit(left, into: &program)
            let jump = program.count
            try append(.jump(0), to: &program)
            program[split] = .split(split + 1, program.count)
            try emit(right, into: &program)
            program[jump] = .jump(program.count)
        case .repetition(let part, let minimum, let maximum):
            for _ in 0..<minimum { try emit(part, into: &program) }
            guard let maximum else { return try emitLoop(part, into: &program) }
            for _ in minimum..<max(minimum, maximum) {
                let split = program.count
                try append(.split(split + 1, 0), to: &program)
                try emit(part, into: &program)
                program[split] = .split(split + 1, program.count)
            }
        }
    }

    private static func emitLoop(_ part: PatternParser.Expression, into program: inout [Instruction]) throws(Fault) {
        let split = program.count
        try append(.split(split + 1, 0), to: &program)
        try emit(part, into: &program)
        try append(.jump(split), to: &program)
        program[split] = .split(split + 1, program.count)
    }

    /// Whether some part of `string` matches.
    func matches(_ string: String) -> Bool {
        var run = PatternRun(program: program)
        for scalar in string.unicodeScalars {
            if run.step(scalar) { return true }
        }
        return run.finish()
    }
}

/// The states a pattern is in while a text is read.
private struct PatternRun {
    let program: [Pattern.Instruction]
    private var current: [Int] = []
    private var next: [Int] = []
    private var pending: [Int] = []
    /// The step in which each state was last entered, so that it is entered once.
    private var entered: [Int]
    private var position = 0
    private var previous: Unicode.Scalar?
    private var isMatch = false

    init(program: [Pattern.Instruction]) {
        self.program = program
        entered = Array(repeating: -1, count: program.count)
    }

    /// Reads one scalar; whether a match has ended before it.
    mutating func step(_ scalar: Unicode.Scalar) -> Bool {
        enter(beforeScalar: scalar)
        guard !isMatch else { return true }
        next.removeAll(keepingCapacity: true)
        for state in current {
            if case .set(let set) = program[state], set.contains(scalar) { next.append(state + 1) }
        }
        previous = scalar
        position += 1
        return false
    }

    /// Whether a match ends at the end of the text.
    mutating func finish() -> Bool {
        enter(beforeScalar: nil)
        return isMatch
    }

    /// Follows all that consumes nothing, from the states reached and from a new start here.
    private mutating func enter(beforeScalar scalar: Unicode.Scalar?) {
        current.removeAll(keepingCapacity: true)
        swap(&pending, &next)
        pending.append(0)
        while let state = pending.popLast() {
            guard entered[state] != position else { continue }
            entered[state] = position
            switch program[state] {
            case .set: current.append(state)
            case .jump(let target): pending.append(target)
            case .split(let left, let right):
                pending.append(left)
                pending.append(right)
            case .start: if position == 0 { pending.append(state + 1) }
            case .end: if scalar == nil { pending.append(state + 1) }
            case .boundary(let wanted):
                let isBoundary = ScalarSet.word.contains(previous) != ScalarSet.word.contains(scalar)
                if isBoundary == wanted { pending.append(state + 1) }
            case .match: isMatch = true
            }
        }
    }
}
