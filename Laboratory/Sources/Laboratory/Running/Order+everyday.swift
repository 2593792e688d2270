import Rigging

extension Order {
    /// An operation as there are many: most of one step, some of three, some that fail and are rolled back, some with a first step before the
    /// answer; handlers take up to `slow` milliseconds, are busy or cut off now and then.
    static func everyday(_ number: Int, _ stage: Stage, slow: Int64 = 200) -> Order {
        if let workload = stage.workload { return Order("op-\(number)", workload.type, input: workload.input) }
        var chance = stage.chance(UInt64(number) &+ 17)
        let type =
            switch number % 20 {
            case 0..<11: "single"
            case 11..<15: "plain"
            case 15..<19: "saga"
            default: "mixed"
            }
        var acts: [String: [String]] = [:]
        for step in LabDefinitions.steps[type] ?? [] {
            acts[step.name] = [trouble(&chance, slow: slow)]
            if step.hasUndo { acts["\(step.name)/undo"] = [trouble(&chance, slow: slow)] }
        }
        if type == "saga", chance.happens(0.5) { acts[["a", "b", "c", "d"].randomElement(using: &chance) ?? "d"] = ["decline"] }
        return Order("op-\(number)", type, acts: acts)
    }

    private static func trouble(_ chance: inout SeededDraw, slow: Int64) -> String {
        switch Int.random(in: 0..<20, using: &chance) {
        case 0: "busy"
        case 1: "cut"
        case 2: "cut-after"
        case 3...8: "slow:\(Int64.random(in: 1...max(1, slow), using: &chance))"
        case 9: "late:\(Int64.random(in: 1...max(1, slow), using: &chance))"
        default: "work"
        }
    }
}
